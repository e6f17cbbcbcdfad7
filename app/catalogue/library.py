"""The catalogue: every form, workflow, message and call, read once at start and refused whole if one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import forms
import workflows
from app.catalogue.calls import Call, CallFile
from app.catalogue.messages import Message, load_message
from forms.definition import FormDefinition, Option, SubForm, load_form, load_sub_form
from forms.document import DefinitionError, Document, Fault, build, parse
from workflows.definition import WorkflowDefinition, load_workflow

APP = Path(__file__).resolve().parent.parent
FORMS = Path(forms.__file__).resolve().parent / "library"
WORKFLOWS = Path(workflows.__file__).resolve().parent / "library"
MESSAGES = APP / "messages" / "mail"
CALLS = APP / "calls"

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Catalogue:
    """Everything the programme offers, by name. `documents` keeps where each thing was written."""

    forms: Mapping[str, FormDefinition]
    sub_forms: Mapping[str, SubForm]
    workflows: Mapping[str, WorkflowDefinition]
    messages: Mapping[str, Message]
    calls: Mapping[str, Call]
    documents: Mapping[str, Document]


class Reader:
    """Reads files and collects the faults of all of them, so that an author sees every mistake at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}

    def document(self, path: Path) -> Document | None:
        """The parsed file, or None with its fault noted."""
        name = _shown(path)
        try:
            document = parse(path.read_text(encoding="utf-8"), name)
        except DefinitionError as error:
            self.faults += error.faults
            return None
        except UnicodeDecodeError:
            self.faults.append(Fault(name, 1, "not a UTF-8 text", "save the file as UTF-8"))
            return None
        except OSError as error:
            self.faults.append(Fault(name, 1, f"can't be read: {error.strerror}", "check the path and its rights"))
            return None
        return document

    def load(
        self, paths: Iterable[Path], kind: str, load: Callable[[Document], Loaded], name: Callable[[Loaded], str]
    ) -> dict[str, Loaded]:
        """Every file of `paths` by its definition's name."""
        loaded: dict[str, Loaded] = {}
        for path in paths:
            document = self.document(path)
            if document is None:
                continue
            try:
                definition = load(document)
            except DefinitionError as error:
                self.faults += error.faults
                continue
            if name(definition) in loaded:
                self.faults.append(
                    document.fault((kind,), f"there is already a {kind} `{name(definition)}`", "choose another name")
                )
            loaded[name(definition)] = definition
            self.documents[f"{kind}:{name(definition)}"] = document
        return loaded


def _shown(path: Path) -> str:
    root = APP.parent
    resolved = path.resolve()
    return str(resolved.relative_to(root)) if resolved.is_relative_to(root) else str(path)


def _yaml(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def read_catalogue(calls_dir: Path | None = None, more: Iterable[Path] = ()) -> tuple[Catalogue, list[Fault]]:
    """The catalogue and the faults of its files; `calls_dir` and `more` add call files to the shipped ones."""
    reader = Reader()
    blocks = {path.stem: document for path in _yaml(FORMS / "blocks") if (document := reader.document(path))}
    forms_ = reader.load(_yaml(FORMS), "form", lambda document: load_form(document, blocks), lambda form: form.form)
    sub_forms = reader.load(_yaml(FORMS / "sub"), "form", load_sub_form, lambda form: form.form)
    workflows_ = reader.load(_yaml(WORKFLOWS), "workflow", load_workflow, lambda workflow: workflow.workflow)
    messages = reader.load(_yaml(MESSAGES), "message", load_message, lambda message: message.message)

    def load_call(document: Document) -> Call:
        return resolve_call(document, forms_, workflows_, blocks, messages)

    paths = [*_yaml(CALLS), *(_yaml(calls_dir) if calls_dir else ()), *more]
    calls = reader.load(paths, "call", load_call, lambda call: call.id)
    return Catalogue(forms_, sub_forms, workflows_, messages, calls, reader.documents), reader.faults


def restored_call(catalogue: Catalogue, body: Mapping[str, Any]) -> Call:
    """A call whose file is gone, from what was kept of it; what it names must still be in the library.

    Raises:
        DefinitionError: it can't be read any more.
    """
    reader = Reader()
    blocks = {path.stem: document for path in _yaml(FORMS / "blocks") if (document := reader.document(path))}
    document = Document(f"{body.get('call')} (kept)", dict(body), {})
    call = resolve_call(document, catalogue.forms, catalogue.workflows, blocks, catalogue.messages)
    return replace(call, gone=True)


def resolve_call(
    document: Document,
    forms_: Mapping[str, FormDefinition],
    workflows_: Mapping[str, WorkflowDefinition],
    blocks: Mapping[str, Document],
    messages: Mapping[str, Message],
) -> Call:
    """The call that `document` describes, its form and workflow by name or inline.

    Raises:
        DefinitionError: with the line of each fault.
    """
    file = build(CallFile, document)
    form = (
        _named(document, "form", file.form, forms_)
        if isinstance(file.form, str)
        else load_form(_part(document, "form"), blocks)
    )
    workflow = (
        _named(document, "workflow", file.workflow, workflows_)
        if isinstance(file.workflow, str)
        else load_workflow(_part(document, "workflow"))
    )
    own = {
        name: load_message(Document(document.file, {"message": name, **body}, _lines(document, ("messages", name))))
        for name, body in file.messages.items()
    }
    call = Call(file, form, workflow, document, {**messages, **own})
    try:
        narrowed = {route.id: tuple(file.sites)} if (route := call.route_field) and file.sites else {}
        if file.editions:
            form = form.with_editions(
                [Option(value=each.id, it=each.title.it, en=each.title.en) for each in file.editions]
            )
        form = form.narrowed({**narrowed, **file.options})
    except ValueError as error:
        what, _, fix = str(error).partition(" | ")
        path = ("options",) if file.options else ("editions",) if file.editions else ("sites",)
        raise DefinitionError([document.fault(path, what, fix)]) from error
    return Call(file, form, workflow, document, {**messages, **own})


def _named(document: Document, kind: str, name: str, known: Mapping[str, Loaded]) -> Loaded:
    if name in known:
        return known[name]
    names = ", ".join(sorted(known)) or "none could be read"
    raise DefinitionError([document.fault((kind,), f"there is no {kind} `{name}`", f"use one of: {names}")])


def _part(document: Document, key: str) -> Document:
    return Document(document.file, document.data[key], _lines(document, (key,)))


def _lines(document: Document, under: tuple[str, ...]) -> dict[tuple[str | int, ...], int]:
    length = len(under)
    return {path[length:]: line for path, line in document.lines.items() if path[:length] == under}
