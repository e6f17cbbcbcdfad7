"""Field masks: `a.b`, `a/b`, `a(b,c)` and `*`, for the `fields` of a query and of an update request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from integrations.local.google.wire import bad_request, camel

_PART = re.compile(r"[A-Za-z_@][A-Za-z0-9_]*|\*")
_SPLIT = re.compile(r"([,()./])")


@dataclass
class Mask:
    """A tree of field names. A mask without children means the field and all below it."""

    children: dict[str, Mask] = field(default_factory=dict)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.children or "*" in self.children

    def sub(self, name: str) -> Mask | None:
        """The mask below a field, or None when the field is left out."""
        return Mask() if self.everything else self.children.get(name)

    def has(self, *path: str) -> bool:
        """Whether anything below this path is wanted."""
        mask: Mask | None = self
        for name in path:
            mask = mask.sub(name) if mask else None
        return mask is not None

    def apply(self, value: object) -> Any:
        """The value without what the mask leaves out; list items stay, even when nothing of them is left."""
        if not value or self.everything:
            return value
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {name: sub.apply(item) for name, item in value.items() if (sub := self.children.get(name)) is not None}


EVERYTHING = Mask()


def parse_mask(text: str) -> Mask:
    """Read a mask; 400 when it is no mask. An empty text is a mask of everything."""
    root = Mask()
    if not text.strip() or text.strip() == "*":
        return root
    tokens = [token.strip() for token in _SPLIT.split(text) if token.strip()]
    rest = _group(root, tokens, text)
    if rest:
        raise _invalid(text)
    return root


def _group(parent: Mask, tokens: list[str], text: str) -> list[str]:
    while True:
        node, tokens = _path(parent, tokens, text)
        if tokens and tokens[0] == "(":
            tokens = _group(node, tokens[1:], text)
            if not tokens or tokens[0] != ")":
                raise _invalid(text)
            tokens = tokens[1:]
        if not tokens or tokens[0] != ",":
            return tokens
        tokens = tokens[1:]


def _path(parent: Mask, tokens: list[str], text: str) -> tuple[Mask, list[str]]:
    node = parent
    while True:
        if not tokens or not _PART.fullmatch(tokens[0]):
            raise _invalid(text)
        name = next(iter(camel({tokens[0]: None})))
        node = node.children.setdefault(name, Mask())
        tokens = tokens[1:]
        if not tokens or tokens[0] not in ("/", "."):
            return node, tokens
        tokens = tokens[1:]


def _invalid(text: str) -> Exception:
    return bad_request(f"Invalid field selection {text}")
