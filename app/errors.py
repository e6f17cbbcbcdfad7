"""What every error of the shell has in common, and the incident id that joins a page to its log line."""

from __future__ import annotations

import secrets

_INCIDENT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read out on the telephone


class HubOutError(Exception):
    """An error whose text a person may read: what is wrong and, where there is one, how to fix it."""

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = what
        self.fix = fix
        super().__init__(f"{what}: {fix}" if fix else what)


def new_incident() -> str:
    """A fresh incident id such as ``7KQ2-M9XD``, shown on an error page and written to the log beside it."""
    letters = [secrets.choice(_INCIDENT_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
