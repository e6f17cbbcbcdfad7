"""The door to Google Sheets, opened once a process."""

from __future__ import annotations

from functools import cache

from app.services.context import Context
from integrations.local.service_account import ensure_service_account
from integrations.sheets.gateway import Gateway
from integrations.sheets.quota import RedisLimiter


@cache
def _gateway(context_id: int, context: Context) -> Gateway:  # noqa: ARG001 - the id is the cache's key
    settings = context.settings
    credentials = settings.google_credentials or ensure_service_account(settings.home, f"{settings.sheets_url}/token")
    return Gateway(credentials, settings.sheets_url, RedisLimiter(context.redis))


def sheets_gateway(context: Context) -> Gateway:
    """The gateway of this process."""
    return _gateway(id(context), context)
