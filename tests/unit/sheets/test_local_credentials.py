"""Credentials for the local Google ask nothing of Google's own hosts."""

from __future__ import annotations

from pathlib import Path

from google.oauth2.service_account import Credentials

from integrations.google import service_account
from integrations.local.service_account import ensure_service_account


def test_local_credentials_look_up_no_access_boundary(tmp_path: Path) -> None:
    key = ensure_service_account(tmp_path, "http://127.0.0.1:1/token")
    local, real = service_account(key, local=True), service_account(key)
    assert real._is_regional_access_boundary_lookup_required()  # noqa: SLF001 - google-auth still has the switch we turn
    assert not local._is_regional_access_boundary_lookup_required()  # noqa: SLF001 - the same
    assert isinstance(local, Credentials)
