"""Credentials for the local Google ask nothing of Google's own hosts."""

from __future__ import annotations

from pathlib import Path

from google.oauth2.service_account import Credentials

from integrations.google import service_account
from integrations.local.service_account import ensure_service_account

LOOK_UP = "_is_regional_access_boundary_lookup_required"
"""The switch of google-auth that we turn; if it goes, this test says so."""


def test_local_credentials_look_up_no_access_boundary(tmp_path: Path) -> None:
    key = ensure_service_account(tmp_path, "http://127.0.0.1:1/token")
    local, real = service_account(key, local=True), service_account(key)
    assert getattr(real, LOOK_UP)()
    assert not getattr(local, LOOK_UP)()
    assert isinstance(local, Credentials)
