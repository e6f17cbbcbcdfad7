"""What the office is told when a spreadsheet needs a person: each trouble with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from forms.model import Text

Trouble = Literal["quarantine", "unreachable", "no_reference", "tab_made_again", "shared"]


class Words(NamedTuple):
    """One trouble in words; braces take the facts of the alert."""

    trouble: Text
    remedy: Text


WORDS: Mapping[str, Words] = {
    "quarantine": Words(
        Text(
            it="Nella scheda «{tab}» sono cambiate insieme {cells} celle di {rows} righe: svuotate, oppure spostate "
            "su altre righe. Sembra una svista: finché non decidi valgono i valori di prima.",
            en="In the tab “{tab}” {cells} cells of {rows} rows changed at once: emptied, or moved to other rows. "
            "It looks like a slip: until you decide the values from before count.",
        ),
        Text(
            it="Chiedi a chi lavora nel foglio. Per accettare i valori nuovi: «hubout sheets quarantine accept "
            "{number}». Per rimettere quelli di prima: «hubout sheets quarantine restore {number}».",
            en="Ask whoever works in the sheet. To take the new values: “hubout sheets quarantine accept {number}”. "
            "To put the ones from before back: “hubout sheets quarantine restore {number}”.",
        ),
    ),
    "unreachable": Words(
        Text(
            it="Il foglio non si apre più: è stato eliminato, oppure non è più condiviso con HubOut.",
            en="The spreadsheet can't be opened any more: it was deleted, or is no longer shared with HubOut.",
        ),
        Text(
            it="Ripristinalo dal cestino di Drive, oppure condividilo di nuovo, come editor, con {address}. "
            "Riproviamo ogni ora; niente va perso.",
            en="Take it out of the bin of Drive, or share it again, as an editor, with {address}. "
            "We try again every hour; nothing is lost.",
        ),
    ),
    "no_reference": Words(
        Text(
            it="Nella scheda «{tab}» manca la colonna «codice»: senza, nessuna riga si riconosce. La scheda è ferma.",
            en="The tab “{tab}” has lost its column “codice”: without it no row can be told. The tab stands still.",
        ),
        Text(
            it="Nel foglio apri File, Cronologia delle versioni, e ripristina la versione di prima.",
            en="In the spreadsheet open File, Version history, and restore the version from before.",
        ),
    ),
    "tab_made_again": Words(
        Text(
            it="La scheda «{tab}» era stata eliminata. L’abbiamo rifatta con quello che c’era all’ultima lettura.",
            en="The tab “{tab}” had been deleted. We made it again with what was there when it was last read.",
        ),
        Text(
            it="Non serve fare nulla. Filtri, colori e colonne libere della scheda di prima stanno nella cronologia "
            "delle versioni del foglio.",
            en="There is nothing to do. Filters, colours and free columns of the old tab are in the version history.",
        ),
    ),
    "shared": Words(
        Text(
            it="Il foglio si può aprire da chi forse non dovrebbe: {who}.",
            en="The spreadsheet can be opened by somebody who perhaps should not: {who}.",
        ),
        Text(
            it="Nel foglio apri «Condividi» e togli chi non lavora con queste domande; scegli «Con limitazioni» al "
            "posto di «Chiunque abbia il link». Se va bene così non serve fare nulla: non lo diciamo di nuovo.",
            en="In the spreadsheet open “Share” and remove whoever does not work with these applications; choose "
            "“Restricted” in place of “Anyone with the link”. If it is as it should be, do nothing: we don't say it "
            "again.",
        ),
    ),
}
"""Every trouble that is mailed (message `avviso_foglio`)."""


def trouble_in_words(facts: Mapping[str, object], language: str) -> str:
    """What is the matter; empty without an alert's facts."""
    return _filled(facts, language, 0)


def remedy_in_words(facts: Mapping[str, object], language: str) -> str:
    """What to do about it; empty without an alert's facts."""
    return _filled(facts, language, 1)


def _filled(facts: Mapping[str, object], language: str, part: int) -> str:
    words = WORDS.get(str(facts.get("trouble")))
    return words[part].in_(language).format(**facts) if words else ""
