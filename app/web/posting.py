"""What a page's form posts: whether it came from our page, and how much it may be.

Each view that changes something asks `form_is_ours` and, when it is not, shows its form again with everything
typed. Flask-WTF's check of the Referer on https (WTF_CSRF_SSL_STRICT) is not used: our pages send no Referer
(`Referrer-Policy: no-referrer`), so it would refuse everybody; the signed token bound to the session protects.
"""

from __future__ import annotations

from uuid import uuid4

from flask import Flask, request
from flask_wtf.csrf import generate_csrf, validate_csrf  # type: ignore[import-untyped] # it ships no types
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

FIELD = "csrf_token"
KEY = "idempotency_key"
_LONGEST_KEY = 80
LARGEST_UPLOAD = 32 * 1024 * 1024  # bytes: a few PDF files of the size that forms allow
LARGEST_TEXT = 1024 * 1024  # bytes: ten times what the longest form can hold


def limit_posts(app: Flask) -> None:
    """Refuse (413) what no form of ours can send, before it is read."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_UPLOAD

    @app.before_request
    def limit_text() -> None:
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = LARGEST_TEXT


def new_token() -> str:
    """The value of the hidden input `csrf_token`."""
    return str(generate_csrf())


def form_is_ours() -> bool:
    """Whether the posted form came from a page of this session and is not too old."""
    try:
        validate_csrf(request.form.get(FIELD))
    except ValidationError:
        return False
    return True


def form_key(typed: MultiDict[str, str]) -> str:
    """The key that makes a second sending of the same form harmless; a new one where `typed` brings none."""
    key = typed.get(KEY, "")
    return key if 0 < len(key) <= _LONGEST_KEY else str(uuid4())
