"""The demo: fictional people apply, review and decide through the real pages, sheets and mails."""

from app.story.script import play

__all__ = ["play"]
