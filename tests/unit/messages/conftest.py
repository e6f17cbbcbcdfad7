"""Values for every placeholder, as the shell would give them."""

from __future__ import annotations

import pytest

from app.catalogue.placeholders import PLACEHOLDERS

TOKEN = "mM7xkQ2_v3b-9ZtT4n1cWwqJk0aLr8sYdE5uHfGiPoX"


@pytest.fixture
def values() -> dict[str, str]:
    """One value for each placeholder; line values are their own name in brackets."""
    filled = {name: f"[{name}]" for name in PLACEHOLDERS}
    filled |= {
        name: f"https://hubout.example.org/{name.removeprefix('link_')}/{TOKEN}"
        for name, placeholder in PLACEHOLDERS.items()
        if placeholder.kind == "link"
    }
    return filled
