"""Italian municipalities: which names are right, and how they are written.

`data/comuni.txt` holds the active ones of the ANPR list that the package python-codicefiscale carries (MIT;
19,000 rows, 7 MB, too much to read at start): a line is a name, and after a tab the name in the other
language of bilingual places. To renew it after an update of that package run `python -m forms.comuni`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

ABROAD: Final = "Estero"
_PROVINCE: Final = re.compile(r"\([A-Za-z]{2}\)$")
# The package writes every word with a capital; officially these are small (Alà dei Sardi, Borgo d'Ale).
_SMALL_WORDS: Final = (
    "a ad ai al all' alla alle allo con d' da dal dall' dalla de' degli dei del dell' della delle dello di e ed "
    "in nei nel nell' nella nelle per su sui sul sull' sulla sulle"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())


@cache
def comuni() -> tuple[str, ...]:
    """All names in their official writing, sorted, for suggestions. Read once, about 120 kB."""
    return tuple(line.split("\t")[0] for line in _lines())


def find_comune(typed: str) -> str | None:
    """The official writing of the comune (or «Estero») that `typed` names, or None.

    Capitals, accents, apostrophes and a province in brackets don't matter; either language does.
    """
    return _by_folded_name().get(_folded(_PROVINCE.sub("", typed.strip())))


@cache
def _by_folded_name() -> Mapping[str, str]:
    names = {_folded(ABROAD): ABROAD}
    for line in _lines():
        name, _, other = line.partition("\t")
        names[_folded(name)] = name
        if other:
            names[_folded(other)] = name
            names[_folded(f"{name}/{other}")] = name
    return names


def _lines() -> list[str]:
    return files("forms").joinpath("data/comuni.txt").read_text(encoding="utf-8").splitlines()


def _folded(name: str) -> str:
    # Apostrophes come in several characters, and on old keyboards stand for accents (Alfonsine, Forli').
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[^a-z]", "", plain.casefold().replace("ß", "ss"))


def official_lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of `data/comuni.txt` that the package's `rows` give."""
    lines = {_line(row) for row in rows if row["active"]}
    return sorted(lines, key=lambda line: (_folded(line.split("\t")[0]), line))


def _line(row: Mapping[str, Any]) -> str:
    name = _official(str(row["name"]))
    return f"{name}\t{row['name_alt']}" if row["name_alt"] else name


def _official(name: str) -> str:
    first, *others = re.split(r"(?<=[ '])", name.replace("Xxiii", "XXIII"))
    return first + "".join(part.lower() if part.strip().lower() in _SMALL else part for part in others)


def package_rows() -> list[Mapping[str, Any]]:
    """The rows of the package's list."""
    text = files("codicefiscale").joinpath("data/municipalities.json").read_text(encoding="utf-8")
    rows: list[Mapping[str, Any]] = json.loads(text)
    return rows


if __name__ == "__main__":
    Path(__file__).with_name("data").joinpath("comuni.txt").write_text(
        "\n".join(official_lines(package_rows())) + "\n", encoding="utf-8"
    )
