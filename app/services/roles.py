"""How people read the roles of a workflow."""

from __future__ import annotations

from collections.abc import Mapping

from forms.definition import Text

LABELS: Mapping[str, Text] = {
    "richiedente": Text(it="chi ha fatto domanda", en="the applicant"),
    "genitore": Text(it="genitore o chi ne fa le veci", en="parent or guardian"),
    "istruttore": Text(it="ufficio che istruisce la domanda", en="case officer"),
    "revisore": Text(it="chi valuta", en="reviewer"),
    "commissione": Text(it="commissione", en="panel"),
    "scuola": Text(it="scuola", en="school"),
    "cedente": Text(it="città che mette a disposizione", en="city that gives"),
    "riusante": Text(it="città che riusa", en="city that takes over"),
    "cabina_di_regia": Text(it="cabina di regia", en="steering group"),
    "provincia": Text(it="Provincia di Matera", en="Province of Matera"),
    "coordinatore": Text(it="chi coordina", en="coordinator"),
    "backup_coordinatore": Text(it="chi sostituisce il coordinamento", en="deputy coordinator"),
    "protocollo": Text(it="ufficio protocollo", en="register office"),
    "sistema": Text(it="automatico", en="automatic"),
}

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
