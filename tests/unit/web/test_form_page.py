"""What the page shows of a form."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.datastructures import MultiDict

from app.services.views import Choice
from app.web.form_page import (
    FormPage,
    InputShown,
    Remarks,
    show_choices,
    show_form,
    show_sections,
)
from app.web.rows import row_numbers, with_row, without_row
from app.web.texts import Words
from forms.builder import FieldError
from forms.conditions import ConditionFacts
from forms.definition import FormDefinition, SubForm

TEAM = """
- {id: posti, type: integer, pii: none, label: {it: Posti}, required: true, default: 1, validators: [{max: 5}]}
- id: team
  type: repeat
  pii: identity
  label: {it: Team}
  required: {field: posti, gt: 1}
  show_if: {field: posti, gt: 1}
  validators: [{items_eq: {field: posti, minus: 1}}]
  item:
    - {id: nome, type: text, pii: identity, label: {it: Nome}, required: true}
    - {id: cognome, type: text, pii: identity, label: {it: Cognome}, required: true}
"""


def _inputs(
    definition: FormDefinition, words: Words, typed: MultiDict[str, str], *errors: FieldError
) -> dict[str, InputShown]:
    form = show_form(definition, typed, words, Remarks(errors))
    return {each.id: each for section in form.sections for group in section.groups for each in group.inputs}


def test_what_was_typed_is_kept_to_the_letter(form_with: Callable[[str], FormDefinition], italian: Words) -> None:
    typed = MultiDict([("posti", " tre <b> "), ("team-0-nome", "Zoé"), ("team-3-cognome", "Rossi")])
    shown = _inputs(form_with(TEAM), italian, typed)
    assert shown["posti"].value == " tre <b> "
    assert [row.name for row in shown["team"].rows] == ["team-0", "team-3"]
    assert shown["team"].rows[1].inputs[1].value == "Rossi"


def test_a_file_s_limit_is_told_before_it_is_chosen(form_with: Callable[[str], FormDefinition], italian: Words) -> None:
    form = form_with("""
- {id: cv, type: file, pii: none, label: {it: CV}, help: {it: Senza foto.}, validators: [pdf, {max_mb: 5}]}
- {id: altro, type: file, pii: none, label: {it: Altro}, validators: [{max_mb: 2}]}
""")
    shown = _inputs(form, italian, MultiDict())
    assert (shown["cv"].help, shown["cv"].accept) == ("Un PDF, al massimo 5 MB. Senza foto.", ".pdf,application/pdf")
    assert (shown["altro"].help, shown["altro"].accept) == ("Un file, al massimo 2 MB.", "")


def test_options_chosen_are_checked(form_with: Callable[[str], FormDefinition], italian: Words) -> None:
    form = form_with("""
- id: giorni
  type: checkboxes
  pii: none
  label: {it: Giorni}
  options: [{value: lun, it: Lunedì}, {value: mar, it: Martedì}, {value: mer, it: Mercoledì}]
""")
    shown = _inputs(form, italian, MultiDict([("giorni", "lun"), ("giorni", "mer")]))
    assert [option.checked for option in shown["giorni"].options] == [True, False, True]
    assert shown["giorni"].target == "giorni-lun"


def test_errors_are_words_at_the_field_and_in_the_summary(
    form_with: Callable[[str], FormDefinition], italian: Words
) -> None:
    errors = (FieldError("team", "items_count", {"n": 2}), FieldError("posti", "required"))
    form = show_form(form_with(TEAM), MultiDict(), italian, Remarks(errors))
    assert [(line.target, line.text) for line in form.mistakes] == [
        ("posti", "Manca questa risposta"),
        ("team", "Indica 2 persone oltre a te"),
    ]
    assert _inputs(form_with(TEAM), italian, MultiDict(), *errors)["posti"].described_by == "posti-error"


def test_an_error_in_a_row_is_shown_at_its_part(form_with: Callable[[str], FormDefinition], italian: Words) -> None:
    typed = MultiDict([("team-0-nome", "A"), ("team-4-nome", "B")])
    error = FieldError("team", "required", item=1, part="cognome")
    form = show_form(form_with(TEAM), typed, italian, Remarks([error]))
    assert [(line.target, line.label) for line in form.mistakes] == [("team-4-cognome", "Persona 5, Cognome")]


def test_neighbours_with_one_condition_stand_together(
    form_with: Callable[[str], FormDefinition], italian: Words
) -> None:
    form = form_with("""
- {id: tipo, type: text, pii: none, label: {it: Tipo}}
- {id: a, type: text, pii: none, label: {it: A}, show_if: {field: tipo, eq: x}}
- {id: b, type: text, pii: none, label: {it: B}, show_if: {field: tipo, eq: x}, required: {field: tipo, eq: x}}
- {id: c, type: text, pii: none, label: {it: C}, required: {field: tipo, eq: y}}
- {id: d, type: text, pii: none, label: {it: D}, show_if: {law241: false}}
""")
    groups = show_form(form, MultiDict(), italian).sections[0].groups
    assert [[each.id for each in group.inputs] for group in groups] == [["tipo"], ["a", "b"], ["c"]]
    assert groups[1].note == "«Tipo» è «x»"
    assert groups[1].condition == '{"one_of": ["tipo", ["x"]]}'
    assert groups[1].inputs[1].required, "whenever it shows it is required"
    assert not groups[2].inputs[0].required
    assert groups[2].inputs[0].help == "Obbligatorio se «Tipo» è «y»."


def test_conditions_on_other_pages_are_decided(form_with: Callable[[str], FormDefinition], italian: Words) -> None:
    form = form_with("""
- {id: tipo, type: text, pii: none, label: {it: Tipo}}
- {id: a, type: text, pii: none, label: {it: A}, show_if: {field: tipo, eq: x}, required: {field: tipo, eq: x}}
- {id: b, type: text, pii: none, label: {it: B}, show_if: {field: tipo, eq: y}}
- {id: c, type: text, pii: none, label: {it: C}, show_if: {all: [{field: tipo, eq: x}, {field: a, eq: z}]}}
""")
    page = FormPage(italian, MultiDict(), Remarks(), ConditionFacts({"tipo": "x"}), {"tipo"})
    sections = [form.sections[0].model_copy(update={"fields": form.fields[1:]})]
    first, second = show_sections(sections, form.fields, page, "it").sections[0].groups
    assert (first.note, first.inputs[0].required) == ("", True)
    assert (second.inputs[0].id, second.note) == ("c", "«A» è «z»")


def test_a_group_that_must_be_named_begins_with_a_row(
    form_with: Callable[[str], FormDefinition], italian: Words
) -> None:
    shown = _inputs(form_with(TEAM), italian, MultiDict())["team"]
    assert len(shown.rows) == 1
    assert shown.most_rows == 4
    assert shown.blank_row is not None
    assert shown.blank_row.inputs[0].name == "team-__n__-nome"


def test_rows_are_added_and_removed_without_the_script(form_with: Callable[[str], FormDefinition]) -> None:
    team = form_with(TEAM).field("team")
    typed: MultiDict[str, str] = MultiDict([("team-0-nome", "A"), ("team-2-nome", "B"), ("teams-9-nome", "no")])
    longer = with_row(typed, team)
    assert row_numbers(longer, "team") == [0, 2, 3]
    assert row_numbers(without_row(longer, "team-2"), "team") == [0, 3]


def test_each_field_that_choices_ask_for_is_shown_once(italian: Words) -> None:
    decision = SubForm.model_validate(
        {
            "form": "decisione",
            "title": {"it": "Decisione"},
            "fields": [
                {
                    "id": "motivazione",
                    "type": "textarea",
                    "label": {"it": "Motivazione"},
                    "pii": "none",
                    "required": {"field": "esito", "in": ["refuse", "ask_changes"]},
                }
            ],
        }
    )
    choices = (
        Choice("approve", "Approva", decision),
        Choice("refuse", "Non accogliere", decision),
        Choice("abstain", "Mi astengo"),
    )
    form = show_choices(choices, "Cosa decidi?", MultiDict(), italian)
    first, second = form.sections[0].groups
    assert [(option.value, option.checked) for option in first.inputs[0].options] == [
        ("approve", False),
        ("refuse", False),
        ("abstain", False),
    ]
    assert second.note == "scegli «Approva» o «Non accogliere»"
    assert second.inputs[0].help == "Obbligatorio se scegli «Non accogliere»."
