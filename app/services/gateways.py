"""The door to Google Sheets, opened once a process."""

from __future__ import annotations

from functools import cache

from app.services.context import Context
from integrations.google import service_account
from integrations.local.service_account import ensure_service_account
from integrations.sheets.gateway import Gateway
from integrations.sheets.quota import Quota, RedisLimiter

NO_QUOTA = Quota(identity=1_000_000, project=1_000_000)
"""The local Google counts nothing unless it is asked to."""


@cache
def _gateway(context_id: int, context: Context) -> Gateway:  # noqa: ARG001 - the id is the cache's key
    settings = context.settings
    credentials = settings.google_credentials or ensure_service_account(settings.home, f"{settings.sheets_url}/token")
    unlimited = settings.embedded_sheets and not settings.sheets_quota
    limiter = RedisLimiter(
        context.redis, service_account(credentials).service_account_email, quota=NO_QUOTA if unlimited else None
    )
    return Gateway(credentials, settings.sheets_url, limiter)


def sheets_gateway(context: Context) -> Gateway:
    """The gateway of this process."""
    return _gateway(id(context), context)
