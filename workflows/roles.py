"""What the roles of a workflow are called, in Italian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forms.model import Text

LABELS: Mapping[str, Text] = MappingProxyType(
    {
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
)
