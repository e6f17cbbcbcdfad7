"""How a person reads a mail, whichever of its two parts they see."""

from __future__ import annotations

import re
from html import unescape


def words_of(html: str) -> list[str]:
    """What a person reads of `html`, word by word, with the address of each link after its words."""
    body = html.split("<body", 1)[1].split(">", 1)[1]
    linked = re.sub(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', r"\2: \1", body)
    return unescape(re.sub(r"<[^>]+>", " ", linked)).split()
