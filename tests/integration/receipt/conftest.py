"""The site of the page tests, for the receipt and for who overdoes it."""

from __future__ import annotations

from tests.integration.web.conftest import samples, site

__all__ = ["samples", "site"]
