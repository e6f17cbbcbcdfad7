from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from integrations.sheets import replies
from integrations.sheets.layout import CHECK, Column, TabLayout
from integrations.sheets.outcome import Base, Held, OurRow, PartnerEdit, Reconciled
from integrations.sheets.plan import TabWrite
from integrations.sheets.reconcile import FINAL, reconcile
from integrations.sheets.snapshot import TabSnapshot
from tests.unit.sheets.layouts import COWORKING
from tests.unit.sheets.model import Model, Tab

NOTES = "note_per_il_gruppo"
SCORE = "punteggio_0_100"


def ours(*references: str, state: str = "valutazione", final: bool = False) -> dict[str, OurRow]:
    return {
        reference: OurRow(
            {
                "ricevuta_il": "2026-11-16T09:00+01:00",
                "stato": state,
                "posti": 2,
                "attivita": "=1+1",
                "link_scheda": f"https://hubout.example.org/s/{reference}",
            },
            final,
        )
        for reference in references
    }


def cycle(model: Model, base: Base, rows: Mapping[str, OurRow], layout: TabLayout = COWORKING) -> Reconciled:
    theirs = model.snapshot().tab(layout)
    assert theirs is not None
    result = reconcile(layout, base, rows, theirs)
    model.write(result.write)
    return result


def settled(*references: str) -> tuple[Model, Tab, Base]:
    """A tab with these rows, as after a first cycle."""
    model = Model.of(COWORKING)
    base = cycle(model, {}, ours(*references)).next_base
    return model, model.tab(COWORKING), base


def codes(result: Reconciled) -> list[str]:
    return [finding.problem.code for finding in result.findings]


def test_new_rows_are_appended_blank_for_the_partner() -> None:
    model = Model.of(COWORKING)
    result = cycle(model, {}, ours("CWK-26-A", "CWK-26-B"))
    tab = model.tab(COWORKING)
    assert tab.grid[0] == [column.id for column in COWORKING.columns]
    assert [row[0] for row in tab.grid[1:3]] == ["CWK-26-A", "CWK-26-B"]
    assert tab.shown("CWK-26-A", "ricevuta_il") == 46342.375
    assert tab.shown("CWK-26-A", "attivita") == "=1+1"
    assert tab.shown("CWK-26-A", SCORE) is None
    assert result.edits == ()
    assert set(result.next_base) == {"CWK-26-A", "CWK-26-B"}


def test_a_cycle_without_news_writes_nothing() -> None:
    model, _, base = settled("CWK-26-A")
    result = cycle(model, base, ours("CWK-26-A"))
    assert result.write.empty
    assert (result.edits, result.findings, result.next_base) == ((), (), base)


def test_a_score_is_an_edit_and_stays_in_its_cell() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.type("CWK-26-B", SCORE, 82)
    tab.type("CWK-26-B", "esito_proposto", "sì ")
    result = cycle(model, base, ours("CWK-26-A", "CWK-26-B"))
    assert result.edits == (
        PartnerEdit("CWK-26-B", "esito_proposto", None, "Sì"),
        PartnerEdit("CWK-26-B", SCORE, None, 82),
    )
    assert result.write.empty
    assert tab.shown("CWK-26-B", SCORE) == 82


def test_the_same_value_spelled_otherwise_is_no_edit() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, 82)
    base = cycle(model, base, ours("CWK-26-A")).next_base
    tab.type("CWK-26-A", SCORE, "82")
    result = cycle(model, base, ours("CWK-26-A"))
    assert (result.edits, result.write.empty) == ((), True)
    assert result.next_base["CWK-26-A"][SCORE] == "82"


def test_a_blanked_cell_is_a_cleared_edit() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", NOTES, "bene")
    base = cycle(model, base, ours("CWK-26-A")).next_base
    tab.type("CWK-26-A", NOTES, None)
    assert cycle(model, base, ours("CWK-26-A")).edits == (PartnerEdit("CWK-26-A", NOTES, "bene", None),)


def test_a_bad_value_is_an_edit_once_and_a_finding_as_long_as_it_stands() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, "otto")
    first = cycle(model, base, ours("CWK-26-A"))
    (edit,) = first.edits
    assert (edit.new, edit.problem and edit.problem.code) == ("otto", "not_integer")
    again = cycle(model, first.next_base, ours("CWK-26-A"))
    assert again.edits == ()
    assert [(f.reference, f.column, f.row) for f in again.findings] == [("CWK-26-A", SCORE, 2)]
    tab.type("CWK-26-A", SCORE, 8)
    mended = cycle(model, again.next_base, ours("CWK-26-A"))
    assert mended.edits == (PartnerEdit("CWK-26-A", SCORE, "otto", 8),)
    assert mended.findings == ()


def test_our_news_are_written_to_their_row_wherever_it_is() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.sort([2, 1])
    tab.insert_column(2, ["mia colonna", "x", "y"])
    tab.move_column(tab.column("stato"), 0)
    cycle(model, base, ours("CWK-26-A", state="decisione") | ours("CWK-26-B"))
    assert tab.shown("CWK-26-A", "stato") == "decisione"
    assert tab.shown("CWK-26-B", "stato") == "valutazione"
    assert [row[3] for row in tab.grid[:3]] == ["mia colonna", "x", "y"]


def test_a_changed_system_cell_is_restored_and_told_once() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", "stato", "approvata!")
    result = cycle(model, base, ours("CWK-26-A"))
    assert codes(result) == ["system_changed"]
    assert tab.shown("CWK-26-A", "stato") == "valutazione"
    tab.type("CWK-26-A", "stato", "approvata!")
    crashed = reconcile(COWORKING, base, ours("CWK-26-A"), tab.snapshot())
    after_crash = cycle(model, crashed.seen_base, ours("CWK-26-A"))
    assert codes(after_crash) == ["system_changed"]
    assert tab.shown("CWK-26-A", "stato") == "valutazione"
    assert codes(cycle(model, after_crash.next_base, ours("CWK-26-A"))) == []


def test_our_own_news_are_no_tampering() -> None:
    model, _, base = settled("CWK-26-A")
    assert codes(cycle(model, base, ours("CWK-26-A", state="decisione"))) == []
    # the write was done, the commit of its base was not
    assert codes(cycle(model, base, ours("CWK-26-A", state="assegnata"))) == ["system_changed"]


def test_an_edit_after_the_decision_is_told_and_undone() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, 60)
    base = cycle(model, base, ours("CWK-26-A")).next_base
    tab.type("CWK-26-A", SCORE, 95)
    result = cycle(model, base, ours("CWK-26-A", final=True))
    assert result.edits == (PartnerEdit("CWK-26-A", SCORE, 60, 95, FINAL),)
    assert tab.shown("CWK-26-A", SCORE) == 60
    assert cycle(model, result.next_base, ours("CWK-26-A", final=True)).edits == ()


def test_a_final_row_without_a_base_is_told_and_left() -> None:
    model, tab, _ = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, 60)
    result = cycle(model, {}, ours("CWK-26-A", final=True))
    assert [edit.problem for edit in result.edits] == [FINAL]
    assert tab.shown("CWK-26-A", SCORE) == 60


def test_a_deleted_row_comes_back_with_what_the_partner_had_written() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.type("CWK-26-A", SCORE, 70)
    base = cycle(model, base, ours("CWK-26-A", "CWK-26-B")).next_base
    tab.delete_row(tab.row_of("CWK-26-A"))
    result = cycle(model, base, ours("CWK-26-A", "CWK-26-B"))
    assert result.missing == ("CWK-26-A",)
    assert result.edits == ()
    assert tab.shown("CWK-26-A", SCORE) == 70


def test_a_copied_row_does_not_count() -> None:
    model, tab, base = settled("CWK-26-A")
    copy = list(tab.grid[1])
    copy[tab.column("stato")] = "la mia idea"
    copy[tab.column(SCORE)] = 1
    tab.insert_row(1, copy)
    result = cycle(model, base, ours("CWK-26-A"))
    assert result.duplicates == ("CWK-26-A",)
    assert [(f.problem.code, f.row) for f in result.findings] == [("duplicate_reference", 2)]
    assert result.edits == ()
    assert tab.grid[1][:-1] == copy[:-1]
    assert tab.grid[1][-1] == replies.COPIED
    assert cycle(model, result.next_base, ours("CWK-26-A")).write.empty


def test_of_two_rows_that_say_the_same_the_one_called_a_copy_stays_a_copy() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.insert_row(1, list(tab.grid[1]))
    base = cycle(model, base, ours("CWK-26-A")).next_base
    original, copy = (1, 2) if tab.grid[2][-1] else (2, 1)
    tab.grid[original][tab.column(SCORE)] = 70
    tab.grid[copy][tab.column(SCORE)] = 80
    result = cycle(model, base, ours("CWK-26-A"))
    assert [edit.new for edit in result.edits] == [70]
    tab.delete_row(original)
    again = cycle(model, result.next_base, ours("CWK-26-A"))
    assert [edit.new for edit in again.edits] == [80]
    assert tab.shown("CWK-26-A", CHECK) is None


def test_strange_rows_are_told_and_left() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.insert_row(2, ["CWK-26-Z"])
    tab.insert_row(3, [None, None, "una nota"])
    before = [row[:-1] for row in tab.grid]
    result = cycle(model, base, ours("CWK-26-A"))
    assert codes(result) == ["unknown_reference", "row_without_reference"]
    assert [row[:-1] for row in tab.grid] == before
    assert [row[-1] for row in tab.grid[1:5]] == [None, replies.UNKNOWN, replies.NAMELESS, None]
    tab.grid[3][2] = None
    cycle(model, result.next_base, ours("CWK-26-A"))
    assert tab.grid[3][-1] is None


def test_a_reference_with_blanks_or_other_case_is_still_found() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.grid[1][0] = " cwk-26-a "
    assert cycle(model, base, ours("CWK-26-A")).write.empty


def test_a_deleted_partner_column_is_no_clearing() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.type("CWK-26-A", SCORE, 70)
    base = cycle(model, base, ours("CWK-26-A", "CWK-26-B")).next_base
    tab.delete_column(tab.column(SCORE))
    result = cycle(model, base, ours("CWK-26-A", "CWK-26-B"))
    assert result.edits == ()
    assert tab.tags[-1] == SCORE
    assert tab.grid[0][-1] == SCORE
    assert tab.shown("CWK-26-A", SCORE) == 70
    assert cycle(model, result.next_base, ours("CWK-26-A", "CWK-26-B")).write.empty


def test_without_its_reference_column_a_tab_is_left_alone() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.delete_column(0)
    result = cycle(model, base, ours("CWK-26-A"))
    assert codes(result) == ["no_reference_column"]
    assert result.write.empty
    assert result.next_base == base


def test_columns_without_tags_are_found_by_heading_and_tagged() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.lose_tags()
    tab.grid[0][0] = " Codice "
    result = cycle(model, base, ours("CWK-26-A"))
    assert tab.tags == [column.id for column in COWORKING.columns]
    assert tab.key == "olt-1"
    assert (result.edits, result.missing, result.write.cells) == ((), (), ())


def test_a_renamed_heading_stays_and_a_blanked_one_comes_back() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.grid[0][tab.column(SCORE)] = "voto"
    tab.grid[0][tab.column("stato")] = None
    cycle(model, base, ours("CWK-26-A"))
    assert tab.grid[0][tab.column(SCORE)] == "voto"
    assert tab.grid[0][tab.column("stato")] == "stato"


def test_a_deleted_heading_is_put_back_above_the_cases() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.delete_row(0)
    tab.type("CWK-26-A", SCORE, 50)
    tab.delete_column(tab.column(NOTES))
    first = cycle(model, base, ours("CWK-26-A", "CWK-26-B"))
    assert (codes(first), first.more, first.edits) == (["no_heading"], True, ())
    assert tab.grid[0] == [None if tag is None else tag for tag in tab.tags]
    result = cycle(model, first.next_base, ours("CWK-26-A", "CWK-26-B"))
    assert result.edits == (PartnerEdit("CWK-26-A", SCORE, None, 50),)
    assert [row[0] for row in tab.grid[:3]] == ["codice", "CWK-26-A", "CWK-26-B"]
    assert cycle(model, result.next_base, ours("CWK-26-A", "CWK-26-B")).write.empty


def test_a_cleared_tab_is_made_again() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.grid = [[None] * tab.width for _ in range(tab.height)]
    cycle(model, base, ours("CWK-26-A"))
    assert tab.grid[0] == [column.id for column in COWORKING.columns]
    assert tab.row_of("CWK-26-A") == 1


def test_a_sheet_that_somebody_brings_keeps_its_own_columns() -> None:
    tab = Tab(7, "Domande", width=26, height=4)
    tab.grid[0][:3] = ["la mia colonna", "Codice", "note mie"]
    tab.grid[1][:3] = ["a", None, "b"]
    model = Model({7: tab})
    result = reconcile(COWORKING, {}, ours(*(f"CWK-26-{n}" for n in range(5))), tab.snapshot())
    model.write(result.write)
    assert tab.key == "olt-1"
    assert tab.grid[1][:3] == ["a", None, "b"]
    assert tab.column("codice") == 1
    assert tab.column("ricevuta_il") == 3
    assert tab.row_of("CWK-26-0") == 2
    assert tab.height == 4 + 200


def test_a_row_that_is_ours_no_more_is_forgotten_and_left() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    result = cycle(model, base, ours("CWK-26-A"))
    assert set(result.next_base) == {"CWK-26-A"}
    assert codes(result) == ["unknown_reference"]
    assert tab.row_of("CWK-26-B") == 2


def test_a_full_cycle_leaves_the_rest_for_the_next() -> None:
    references = [f"CWK-26-{number}" for number in range(5)]
    model, _, base = settled(*references)
    rows = ours(*references, state="respinta")
    cycles = 0
    more = True
    while more:
        result = reconcile(COWORKING, base, rows, model.tab(COWORKING).snapshot(), room=150)
        model.write(result.write)
        base, more = result.next_base, result.more
        assert result.missing == ()
        cycles += 1
    assert cycles == 3
    assert set(base) == set(rows)
    assert reconcile(COWORKING, base, rows, model.tab(COWORKING).snapshot()).write.empty


def test_ragged_rows_of_any_type_do_no_harm() -> None:
    rows = (("codice", "stato"), (), (True,), (3.5, "x"), ("CWK-26-A",), (None, None, "free"))
    tab = TabSnapshot(0, "Domande", None, rows, {-1: "codice", 40: "codice", 2: "unknown"}, 6, 3)
    result = reconcile(COWORKING, {}, ours("CWK-26-A"), tab)
    assert isinstance(result.write, TabWrite)
    assert result.write.add_columns > 0


def test_an_unknown_kind_of_reference_column_is_possible() -> None:
    layout = TabLayout("postazioni", "Postazioni", (Column("chiave"), Column("liberi", kind="integer")), "chiave")
    model = Model.of(layout)
    result = cycle(model, {}, {"cb-cofo": OurRow({"liberi": 3})}, layout)
    assert model.tab(layout).grid[1] == ["cb-cofo", 3]
    again = cycle(model, result.next_base, {"cb-cofo": OurRow({"liberi": 2})}, layout)
    assert again.findings == ()
    assert model.tab(layout).grid[1] == ["cb-cofo", 2]
    assert replace(again.write, cells=()).empty


def test_a_column_made_anew_is_filled_even_when_the_cycle_is_full() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    tab.type("CWK-26-A", SCORE, 70)
    tab.type("CWK-26-B", SCORE, 80)
    base = cycle(model, base, ours("CWK-26-A", "CWK-26-B")).next_base
    tab.delete_column(tab.column(SCORE))
    model.write(reconcile(COWORKING, base, ours("CWK-26-A", "CWK-26-B"), tab.snapshot(), room=1).write)
    assert [tab.shown(reference, SCORE) for reference in ours("CWK-26-A", "CWK-26-B")] == [70, 80]


# --- what the sheet answers -----------------------------------------------------------------------------------------


def test_a_bad_value_is_told_beside_it_until_it_is_mended() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, "otto")
    base = cycle(model, base, ours("CWK-26-A")).next_base
    answer = tab.shown("CWK-26-A", CHECK)
    assert answer == (
        "Da correggere – punteggio_0_100: «otto» non è un numero intero: scrivere solo cifre, per esempio 8."
    )
    tab.type("CWK-26-A", CHECK, None)
    base = cycle(model, base, ours("CWK-26-A")).next_base
    assert tab.shown("CWK-26-A", CHECK) == answer
    tab.type("CWK-26-A", SCORE, 8)
    cycle(model, base, ours("CWK-26-A"))
    assert tab.shown("CWK-26-A", CHECK) is None


def test_what_was_put_back_is_told_until_it_was_read_or_the_row_is_edited() -> None:
    model, tab, base = settled("CWK-26-A", "CWK-26-B")
    rows = ours("CWK-26-A", "CWK-26-B")
    for reference in rows:
        tab.type(reference, "stato", "Accolta")
    base = cycle(model, base, rows).next_base
    told = "Ripristinato – stato: la scrive il sistema, «Accolta» non vale."
    assert [tab.shown(reference, CHECK) for reference in rows] == [told, told]
    base = cycle(model, base, rows).next_base
    assert tab.shown("CWK-26-A", CHECK) == told
    tab.type("CWK-26-A", CHECK, None)
    tab.type("CWK-26-B", NOTES, "bene")
    base = cycle(model, base, rows).next_base
    assert [tab.shown(reference, CHECK) for reference in rows] == [None, None]
    assert cycle(model, base, rows).write.empty


def test_after_the_decision_an_edit_is_answered() -> None:
    model, tab, base = settled("CWK-26-A")
    tab.type("CWK-26-A", SCORE, 80)
    base = cycle(model, base, ours("CWK-26-A")).next_base
    tab.type("CWK-26-A", SCORE, 10)
    cycle(model, base, ours("CWK-26-A", final=True))
    assert tab.shown("CWK-26-A", SCORE) == 80
    assert tab.shown("CWK-26-A", CHECK) == "Ripristinato – punteggio_0_100: decisione già presa, «10» non vale."


# --- quarantine -----------------------------------------------------------------------------------------------------

SEVEN = tuple(f"CWK-26-{letter}" for letter in "ABCDEFG")


def scored() -> tuple[Model, Tab, Base]:
    """Seven rows with scores 71 to 77, read."""
    model, tab, base = settled(*SEVEN)
    for number, reference in enumerate(SEVEN, 71):
        tab.type(reference, SCORE, number)
    result = cycle(model, base, ours(*SEVEN))
    assert len(result.edits) == len(SEVEN)
    return model, tab, result.next_base


def emptied() -> tuple[Model, Tab, Base, dict[tuple[str, str], Held]]:
    """All of the seven scores were deleted at once."""
    model, tab, base = scored()
    for reference in SEVEN:
        tab.type(reference, SCORE, None)
    result = cycle(model, base, ours(*SEVEN))
    assert (result.edits, len(result.suspects)) == ((), len(SEVEN))
    return model, tab, result.next_base, {change.place: Held(change.now) for change in result.suspects}


def merge_held(model: Model, base: Base, held: Mapping[tuple[str, str], Held]) -> Reconciled:
    result = reconcile(COWORKING, base, ours(*SEVEN), model.tab(COWORKING).snapshot(), held=held)
    model.write(result.write)
    return result


def test_a_column_that_was_emptied_waits_and_what_was_before_counts() -> None:
    model, tab, base, held = emptied()
    assert tab.shown("CWK-26-A", SCORE) is None
    assert tab.shown("CWK-26-A", CHECK) == (
        "In sospeso – punteggio_0_100: molte celle cambiate insieme; finché l'ufficio non conferma vale «71»."
    )
    result = merge_held(model, base, held)
    assert (result.edits, result.suspects, result.released, result.write.empty) == ((), (), (), True)
    assert {row[SCORE] for row in result.next_base.values()} == set(range(71, 78))


def test_what_is_held_can_be_put_back() -> None:
    model, tab, base, held = emptied()
    back = {place: Held(each.value, back=True) for place, each in held.items()}
    result = merge_held(model, base, back)
    assert [tab.shown(reference, SCORE) for reference in SEVEN] == list(range(71, 78))
    assert tab.shown("CWK-26-A", CHECK) == (
        "Ripristinato – punteggio_0_100: l'ufficio ha rimesso il valore di prima, la cella non resta vuota."
    )
    again = merge_held(model, result.next_base, back)
    assert (set(again.released), again.edits, again.write.empty) == (set(held), (), True)


def test_who_undoes_their_accident_has_nothing_held() -> None:
    model, tab, base, held = emptied()
    for number, reference in enumerate(SEVEN, 71):
        tab.type(reference, SCORE, number)
    tab.type("CWK-26-A", SCORE, 99)
    result = merge_held(model, base, held)
    assert set(result.released) == set(held)
    assert [(edit.reference, edit.new) for edit in result.edits] == [("CWK-26-A", 99)]
    assert tab.shown("CWK-26-A", CHECK) is None


def test_sorting_all_but_the_codes_is_held_and_our_cells_are_restored() -> None:
    model, tab, base = scored()
    parts = [row[1:] for row in tab.grid[1:8]]
    for row, part in zip(tab.grid[1:8], reversed(parts), strict=True):
        row[1:] = part
    result = cycle(model, base, ours(*SEVEN))
    assert result.edits == ()
    assert len(result.suspects) == len(SEVEN) - 1  # the one in the middle stays where it was
    assert tab.shown("CWK-26-A", "link_scheda") == "https://hubout.example.org/s/CWK-26-A"
    assert tab.shown("CWK-26-A", SCORE) == 77
