"""Whether this process lives, whether it can serve, and a few figures for who watches."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from app.services import health
from app.web.page import context

health_pages = Blueprint("health", __name__)

_METRICS = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus' text format


@health_pages.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain("ok")


@health_pages.get("/readyz")
def readyz() -> Response:
    """The database answers too; without Redis pages go on, and this says so."""
    if not health.can_serve(context()):
        return _plain("the database does not answer", HTTPStatus.SERVICE_UNAVAILABLE)
    return _plain("ok" if health.workers_hear(context()) else "ok, but no clock beats: mails and sheets are late")


@health_pages.get("/metrics")
def metrics() -> Response:
    """A few figures in Prometheus' text format."""
    lines = []
    for figure in health.figures(context()):
        lines += [f"# HELP {figure.name} {figure.meaning}", f"# TYPE {figure.name} gauge"]
        lines += [
            f"{figure.name}{{{label}}} {value}" if label else f"{figure.name} {value}"
            for label, value in figure.values.items()
        ]
    return Response("\n".join(lines) + "\n", content_type=_METRICS)


def _plain(text: str, code: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(f"{text}\n", status=code, content_type="text/plain; charset=utf-8")
