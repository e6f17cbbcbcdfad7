"""docs/calls.md names every key that a call file may have."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from app.catalogue.calls import CallFile, Edition, Invite, Office, Site
from app.catalogue.sheet_settings import MoreTab, PartnerColumn, SheetSettings

MODELS: tuple[type[BaseModel], ...] = (CallFile, Edition, Invite, MoreTab, Office, PartnerColumn, SheetSettings, Site)
PEOPLE = (
    "coordinator",
    "case_officer",
    "reviewer",
    "province",
    "register",
    "panel",
    "donor",
    "receiver",
    "newsletter",
    "tutor",
)


@pytest.mark.parametrize("key", sorted({*PEOPLE, *(name for model in MODELS for name in model.model_fields)}))
def test_the_page_on_calls_names_every_key(repository: Path, key: str) -> None:
    page = (repository / "docs" / "calls.md").read_text(encoding="utf-8")
    assert f"`{key}`" in page or f"{key}," in page or f"{key}:" in page or f", {key}" in page
