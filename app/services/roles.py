"""How people read the roles of a workflow."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.roles import LABELS

DEPUTIES: Mapping[str, str] = {
    "coordinatore": "backup_coordinatore",
    "cabina_di_regia": "backup_coordinatore",
    "istruttore": "coordinatore",
    "commissione": "coordinatore",
    "provincia": "istruttore",
    "scuola": "istruttore",
    "cedente": "coordinatore",
    "riusante": "coordinatore",
}
"""Who takes a step over from somebody who can't be reached. Nobody decides for an applicant, a parent or the register;
reviewers work in the sheet, where the others go on."""


def role_label(role: str, language: str) -> str:
    """The role in the reader's language."""
    return LABELS[role].in_(language) if role in LABELS else role
