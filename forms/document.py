"""Reads a definition file (YAML 1.2) and says what is wrong with it, line by line.

Everything a call's author writes comes through here: forms, workflows, calls, messages. A fault reads
``file:line: what: how to fix`` (design.md §5, `hubout check`), in the author's words and not in pydantic's.
YAML 1.2 is used since YAML 1.1 takes ``on:`` and ``no:`` for truth values (reference/style.md §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Path: TypeAlias = tuple[str | int, ...]


class Strict(BaseModel):
    """Base of every definition model: immutable, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Definition = TypeVar("Definition", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in one file: where it is, what it is, how to fix it."""

    file: str
    line: int
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.what, self.fix) if part)


class DefinitionError(Exception):
    """A definition that can't be used; `faults` has at least one entry."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Document:
    """A parsed file: plain `data`, and the line (from 1) on which each path begins."""

    file: str
    data: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, or of its nearest ancestor that the file has."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def fault(self, path: Path, what: str, fix: str = "") -> Fault:
        """A fault at `path` of this file."""
        return Fault(self.file, self.line(path), what, fix)


def parse(text: str, file: str) -> Document:
    """Parse YAML `text`; `file` is the name that faults carry.

    Raises:
        DefinitionError: the text is no YAML, repeats a key, or is not a mapping at its top.
    """
    try:
        node = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = " ".join(str(error.problem or error.context or "not readable as YAML").split())
        raise DefinitionError([Fault(file, line, what, "check indentation, quotes and colons")]) from error
    except YAMLError as error:
        raise DefinitionError([Fault(file, 1, "not readable as YAML", "save it as UTF-8 text")]) from error
    if not isinstance(node, CommentedMap):
        raise DefinitionError([Fault(file, 1, "the file has no keys", "start with a line like `form: my-form`")])
    lines: dict[Path, int] = {(): 1}
    return Document(file, _plain(node, (), lines), lines)


def _plain(node: Any, path: Path, lines: dict[Path, int]) -> Any:
    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*path, key)] = node.lc.key(key)[0] + 1
        return {key: _plain(value, (*path, key), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*path, index), lines) for index, value in enumerate(node)]
    if isinstance(node, str):
        return str(node)
    return node


def build(model: type[Definition], document: Document) -> Definition:
    """The definition that `document` holds.

    Raises:
        DefinitionError: one fault for each thing the model refuses.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise DefinitionError(faults_of(error, document, model)) from error


def faults_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Fault]:
    """Pydantic's complaints as faults of `document`, in an author's words."""
    faults = {}
    for detail in error.errors(include_url=False):
        path = _known_path(document.data, detail["loc"])
        fault = document.fault(path, *_words(detail, path, model))
        faults[(fault.line, path, fault.what)] = fault
    return sorted(faults.values())


def _known_path(data: Any, location: Sequence[str | int]) -> Path:
    """`location` without the parts that pydantic adds for unions and tags."""
    path: list[str | int] = []
    for part in location:
        in_map = isinstance(data, Mapping) and part in data
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_map or in_list:
            data = data[part]
            path.append(part)
    return tuple(path)


_FIXES = {
    "datetime": "write day and hour like 2026-11-02T09:00",
    "date": "write a day like 2026-11-02",
    "int": "write a whole number",
    "float": "write a number",
    "bool": "write true or false",
    "string_type": "write text, in quotes if it looks like a number",
    "string_pattern": "use small letters and digits, joined by hyphens (field ids: by underscores)",
    "dict": "write `key: value` lines below it",
    "mapping": "write `key: value` lines below it",
    "model": "write `key: value` lines below it",
    "list": "write a list, one `- …` a line",
    "tuple": "write a list, one `- …` a line",
    "greater": "write a larger number",
    "less": "write a smaller number",
}
"""Kinds of pydantic's complaints, by how they begin -> how to fix it."""


def _words(detail: Mapping[str, Any], path: Path, model: type[BaseModel]) -> tuple[str, str]:
    where = ".".join(str(part) for part in path) or "the file"
    kind = detail["type"]
    if kind == "extra_forbidden":
        key = str(path[-1] if path else detail["loc"][-1])
        return f"unknown key `{key}`", _did_you_mean(key, model)
    if kind == "missing":
        return f"`{detail['loc'][-1]}` is missing in {where}", f"add a line `{detail['loc'][-1]}: …`"
    if kind in ("literal_error", "enum"):
        return f"{where}: `{detail['input']}` is not known here", f"use {detail['ctx']['expected']}"
    if fix := next((fix for start, fix in _FIXES.items() if kind.startswith(start)), ""):
        return f"{where}: `{detail['input']}` does not serve here", fix
    message = str(detail["msg"]).removeprefix("Value error, ")
    what, _, fix = message.partition(" | ")
    return f"{where}: {what}", fix


def _did_you_mean(key: str, model: type[BaseModel]) -> str:
    close = get_close_matches(key, _keys(model, set()), n=1)
    return f"did you mean `{close[0]}`?" if close else "remove it, or look for its name in docs/"


def _keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    if model in seen:
        return set()
    seen.add(model)
    keys: set[str] = set()
    for name, info in model.model_fields.items():
        keys.add(info.alias or name)
        for inner in _models_in(info.annotation):
            keys |= _keys(inner, seen)
    return keys


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
