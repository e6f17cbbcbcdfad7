"""Files that were chosen in a form which is shown again: they wait in the store, and a hidden input says where.

The input `pitch-tenuto` holds the key of the file that waits for the question `pitch`, and the file's name.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from app.services import limits
from app.services.intake import uploads
from app.web.abuse import network
from app.web.page import context
from app.web.steps import KEPT, LOST
from forms.uploads import safe_filename

if TYPE_CHECKING:
    from collections.abc import Iterator

DROPPED: Final = "-via"
"""How the name of the box ends that says that a waiting file is not to be attached."""


def everything_posted() -> MultiDict[str, Any]:
    """The inputs and the uploads, those that wait too, as forms are judged."""
    waiting = [(name, file) for name, key, title in _waiting() if (file := uploads.find(context(), key, title))]
    sent: list[MultiDict[str, Any]] = [MultiDict([*_chosen(), *waiting]), request.form]
    return CombinedMultiDict(sent)


def keep_uploads(wrong: Container[str] = ()) -> MultiDict[str, str]:
    """The posted inputs for a page that is shown again; each chosen file waits, but those that are `wrong`."""
    typed = MultiDict(request.form)
    for name, upload in _chosen():
        typed.poplist(f"{name}{KEPT}")
        if name not in wrong and not limits.wait_for(context(), limits.UPLOADS_PER_ADDRESS, network()):
            typed.add(f"{name}{KEPT}", f"{uploads.hold(context(), upload)}/{safe_filename(str(upload.filename))}")
    for name in request.form:
        question = name.removesuffix(KEPT)
        if question != name and (question in wrong or request.form.get(f"{question}{DROPPED}")):
            typed.poplist(name)
    return without_lost(typed)


def waiting_keys(inputs: MultiDict[str, str]) -> list[str]:
    """The keys of the files that wait for these inputs' form."""
    return [value.partition("/")[0] for name, value in inputs.items(multi=True) if name.endswith(KEPT)]


def lost_uploads() -> bool:
    """Whether the page that was posted says that a file waits which is there no more."""
    return any(not uploads.is_there(context(), key) for _, key, _ in _waiting())


def without_lost(typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """The inputs for a page, with each file that waits no more told as lost: never is one dropped in silence."""
    for name, value in list(typed.items()):
        key, _, title = value.partition("/")
        if name.endswith(KEPT) and not uploads.is_there(context(), key):
            typed.poplist(name)
            typed[f"{name.removesuffix(KEPT)}{LOST}"] = safe_filename(title)
    return typed


def forget_uploads() -> None:
    """The form was taken: what waited for it goes."""
    if keys := [key for _, key, _ in _waiting()]:
        uploads.forget(context(), *keys)


def _chosen() -> list[tuple[str, FileStorage]]:
    """The files that this very POST brought."""
    return [(name, upload) for name, upload in request.files.items(multi=True) if upload.filename]


def _waiting() -> Iterator[tuple[str, str, str]]:
    """Question, key and file name of each file that waits, where no other was chosen instead."""
    chosen = {name for name, _ in _chosen()}
    for input_name, value in request.form.items():
        name = input_name.removesuffix(KEPT)
        if input_name != name and name not in chosen and not request.form.get(f"{name}{DROPPED}"):
            key, _, title = value.partition("/")
            yield name, key, safe_filename(title)
