"""Servers that integration tests share, one of each a session: a real Redis, a real PostgreSQL, a local Google."""

from __future__ import annotations

from tests.integration.google_server import google, local_google
from tests.integration.postgres_server import postgres_server, postgres_url
from tests.integration.redis_server import redis_server, redis_url

__all__ = ["google", "local_google", "postgres_server", "postgres_url", "redis_server", "redis_url"]
