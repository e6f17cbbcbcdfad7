from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from forms.definition import FormDefinition, load_form, load_sub_form
from forms.document import DefinitionError, Document, parse

HEAD = """\
form: prova
code: PRV
title: {it: Prova}
applicants: {it: Chiunque}
procedure: {law241: true, days: 30, protocollo: true}
identification: email_verified
retention: {success: P2Y}
dedupe: [finestra]
sections:
  - id: data
    title: {it: Dati}
    fields:
"""
FIRST = HEAD.count("\n") + 1


def faults(fields: str, blocks: Mapping[str, Document] | None = None, head: str = HEAD) -> list[str]:
    text = head + "\n".join(f"      {line}" for line in fields.strip().splitlines()) + "\n"
    with pytest.raises(DefinitionError) as caught:
        load_form(parse(text, "f.yaml"), blocks or {})
    return [str(fault) for fault in caught.value.faults]


REPEAT = "{id: a, type: repeat, label: {it: A}, pii: none%s, item: [%s]}"
FIELD = "- {id: a, type: text, label: {it: A}, pii: none%s}"


@pytest.mark.parametrize(
    ("rest", "what", "fix"),
    [
        (", show_iff: {law241: true}", "unknown key `show_iff`", "did you mean `show_if`?"),
        (", validators: [{max: ottanta}]", "`max` can't take `ottanta`", "write `- max: 80`"),
        (", validators: [max]", "`max` can't take nothing", "write `- max: 80`"),
        (", validators: [{person_name: 3}]", "`person_name` takes no value", "write `- person_name`"),
        (", validators: [persona_name]", "unknown validator `persona_name`", "did you mean `person_name`?"),
        (", validators: [must_be_true]", "`must_be_true` can't judge a text", "it is for checkbox"),
        (", validators: [{regex: '('}]", "`regex` can't take `(`", "write `- regex"),
        (", validators: [{differs_from: b}]", "no field `b`", "name a field"),
        (", show_if: {field: b, eq: x}", "looks at `b`, which is not there", "name a field above"),
        (", show_if: {field: a, eq: x}", "looks at `a`, which stands below it", "put it above"),
        (", required: {age_lt: 18}", "no `data_nascita` is above", "put a field"),
        (", show_if: {eta: 3}", "unknown condition `eta`", "see the list"),
        (", required: maybe", "unknown condition `maybe`", ""),
        (", options: [{value: x, it: X}]", "a text has no options", "remove them"),
        (", item: [{id: x, type: text, label: {it: X}, pii: none}]", "`item` belongs to type repeat", ""),
        (", of: requested", "`of` belongs to type form_fields", ""),
        (", sheet: {derived: fascia_eta}", "can't be derived from a text", "use one of fascia_eta"),
    ],
)
def test_every_mistake_has_its_line(rest: str, what: str, fix: str) -> None:
    (fault,) = faults("- {id: zz, type: text, label: {it: Z}, pii: none}\n" + FIELD % rest)
    assert fault.startswith(f"f.yaml:{FIRST + 1}: ")
    assert what in fault
    assert fix in fault


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("{id: a, type: test, label: {it: A}, pii: none}", "unknown type `test`: did you mean `text`?"),
        ("{id: a, type: text, label: {it: A}}", "`pii` is missing"),
        ("{id: A-b, type: text, label: {it: A}, pii: none}", "use small letters and digits"),
        ("{id: validate, type: text, label: {it: A}, pii: none}", "taken by the machinery"),
        ("{id: esito, type: text, label: {it: A}, pii: none}", "taken by the machinery"),
        ("{id: a, type: radio, label: {it: A}, pii: none}", "a radio needs options"),
        ("{id: a, type: text, label: {it: A}, pii: identity, sheet: yes}", "identity data never reach a sheet"),
        ("{id: a, type: text, label: {it: A}, pii: special, sheet: yes}", "special data never reach a sheet"),
        (
            "{id: a, type: file, label: {it: A}, pii: none, sheet: yes, validators: [{max_mb: 5}]}",
            "a file can't be shown in a sheet",
        ),
        ("{id: a, type: file, label: {it: A}, pii: none, validators: [pdf]}", "add `{max_mb: 5}`"),
        (
            "{id: a, type: file, label: {it: A}, pii: none, validators: [{max_mb: 21}]}",
            "may have 21 MB together, a sending takes 20",
        ),
        ("{id: a, type: form_fields, of: requested, label: {it: A}, pii: none}", "only makes sense in a sub-form"),
        ("{id: a, type: date, label: {it: A}, pii: none, validators: [age_range]}", "the form has no `age`"),
        ("{id: a, type: text, label: {it: A}, pii: none, options_from: editions}", "a text has no options"),
        (
            "{id: a, type: radio, label: {it: A}, pii: none, options_from: requirements}",
            "only makes sense in a sub-form",
        ),
        ("{id: a, type: date, label: {it: A}, pii: none, validators: [{after: b}]}", "no field `b`"),
        (
            "{id: a, type: integer, label: {it: A}, pii: none, validators: [{le_capacity: b}]}",
            "`le_capacity`: no field `b`",
        ),
        (
            "{id: a, type: date, label: {it: A}, pii: none, validators: [{max_span_days: {field: a}}]}",
            "write `- max_span_days: {field: inizio, days: 365}`",
        ),
        ("{id: a, type: email, label: {it: A}, pii: none, validators: [{domain: polimi}]}", "write `- domain"),
        (
            "{id: a, type: radio, label: {it: A}, pii: none, options: [{value: x, it: X}, {value: x, it: Y}]}",
            "two options have the value `x`",
        ),
        (
            "{id: a, type: radio, label: {it: A}, pii: none, default: y, options: [{value: x, it: X}]}",
            "the default `y` is no option",
        ),
        (
            REPEAT % ("", "{id: x, type: repeat, label: {it: X}, pii: none}"),
            "a row can't hold a repeat",
        ),
        (
            REPEAT % (", validators: [{each_age: [18, 35]}]", "{id: x, type: text, label: {it: X}, pii: none}"),
            "`each_age` needs a part `data_nascita`",
        ),
        (
            REPEAT % (", sheet: yes", "{id: x, type: text, label: {it: X}, pii: contact}"),
            "contact data never reach a sheet",
        ),
    ],
)
def test_fields_that_can_t_work(field: str, what: str) -> None:
    (fault,) = faults(f"- {field}")
    assert fault.startswith(f"f.yaml:{FIRST}: ")
    assert what in fault


def test_a_condition_names_real_options() -> None:
    fields = """
- {id: a, type: radio, label: {it: A}, pii: none, options: [{value: "1", it: X}]}
- {id: b, type: text, label: {it: B}, pii: none, show_if: {field: a, eq: 1}}
"""
    (fault,) = faults(fields)
    assert f"f.yaml:{FIRST + 1}: field `b`: `a` has no option `1`" in fault


def test_ids_are_used_once() -> None:
    twice = FIELD % "" + "\n" + FIELD % ""
    assert [fault for fault in faults(twice) if "two fields have this id" in fault]


def test_a_form_takes_five_files() -> None:
    upload = "- {{id: f{}, type: file, label: {{it: A}}, pii: none, validators: [{{max_mb: 1}}]}}"
    (fault,) = faults("\n".join(upload.format(number) for number in range(6)))
    assert "field `f5`: more than 5 files in one form" in fault


def test_faults_of_a_block_name_the_block_s_file() -> None:
    block = parse("block: b\nfields:\n  - {id: a, type: tex, label: {it: A}, pii: none}\n", "b.yaml")
    assert faults("- block: b", {"b": block}) == ["b.yaml:3: field `a`: unknown type `tex`: did you mean `text`?"]


def test_a_block_may_stand_without_some_fields() -> None:
    one = "  - {id: %s, type: text, label: {it: X}, pii: none}\n"
    block = parse("block: b\nfields:\n" + one % "a" + one % "c", "b.yaml")
    form = load_form(parse(HEAD + "      - {block: b, without: [c]}\n", "f.yaml"), {"b": block})
    assert [field.id for field in form.fields] == ["a"]
    told = faults("- {block: b, without: [d]}", {"b": block})
    assert told == [f"f.yaml:{FIRST}: block `b` has no field `d`: use some of: a, c"]


def test_a_day_comes_after_a_day() -> None:
    text = "- {id: a, type: text, label: {it: A}, pii: none}"
    after = "- {id: b, type: date, label: {it: B}, pii: none, validators: [{after: a}]}"
    assert ["`a` is no date" in fault for fault in faults(f"{text}\n{after}")] == [True]


def test_a_sub_form_has_no_editions() -> None:
    field = "{id: a, type: radio, label: {it: A}, pii: none, options_from: editions}"
    text = f"form: s\ntitle: {{it: S}}\nfields:\n  - {field}\n"
    with pytest.raises(DefinitionError, match="a sub-form has no editions"):
        load_sub_form(parse(text, "s.yaml"))


def test_the_law_wants_a_term() -> None:
    told = faults(FIELD % "", head=HEAD.replace(", days: 30", ""))
    assert any("has a term: add `days: 30`" in fault for fault in told)
    load_form(parse(HEAD.replace("law241: true, days: 30", "law241: false") + "      " + FIELD % "", "f.yaml"), {})


def test_an_unknown_block_is_named() -> None:
    assert faults("- block: persone") == [f"f.yaml:{FIRST}: there is no block `persone`: use one of: none"]


def test_heads_are_checked() -> None:
    head = HEAD.replace("dedupe: [finestra]", "dedupe: [mail_norm]\nage: [35, 18]")
    told = faults("- {id: email, type: email, label: {it: E}, pii: contact}", head=head)
    assert any("no field `mail_norm`: did you mean `email`?" in fault for fault in told)
    assert any("is no range" in fault for fault in told)


def test_a_block_s_condition_is_added_to_the_fields_own(load: Callable[..., FormDefinition]) -> None:
    block = parse(
        "block: b\nfields:\n  - {id: b, type: text, label: {it: B}, pii: none, show_if: {law241: true}}\n", "b.yaml"
    )
    text = HEAD + "      - {id: a, type: text, label: {it: A}, pii: none}\n      - block: b\n"
    form = load_form(parse(text + "        show_if: {field: a, eq: x}\n", "f.yaml"), {"b": block})
    plain = form.field("b").model_dump(mode="json")["show_if"]
    assert plain == {"all": [{"field": "a", "eq": "x"}, {"law241": True}]}
    assert load("- {id: a, type: text, label: {it: A}, pii: none}").field("a").show_if is None


def test_fingerprints_follow_content_and_not_layout(load: Callable[..., FormDefinition]) -> None:
    plain = load("- {id: a, type: text, label: {it: A}, pii: none}")
    spaced = load("# nota\n- id: a\n  pii: none\n  type: text\n  label: {it: A}")
    other = load("- {id: a, type: text, label: {it: B}, pii: none}")
    assert plain.sha256 == spaced.sha256 != other.sha256


def test_sub_forms_may_look_at_the_event() -> None:
    text = "form: s\ntitle: {it: S}\nfields:\n  - {id: a, type: text, label: {it: A}, pii: none, required: %s}\n"
    load_sub_form(parse(text % "{field: esito, eq: refuse}", "s.yaml"))
    with pytest.raises(DefinitionError, match=r"s\.yaml:4: .*looks at `x`"):
        load_sub_form(parse(text % "{field: x, eq: refuse}", "s.yaml"))


def test_a_call_narrows_options(load: Callable[..., FormDefinition]) -> None:
    form = load(
        "- {id: a, type: radio, label: {it: A}, pii: none, default: x, options: [{value: x, it: X}, {value: y, it: Y}]}"
    )
    narrowed = form.narrowed({"a": ["y"]})
    assert [option.value for option in narrowed.field("a").options] == ["y"]
    assert narrowed.field("a").default is None
    assert narrowed.sha256 != form.sha256
    wrongs: list[dict[str, list[str]]] = [{"b": ["y"]}, {"a": ["z"]}, {"a": []}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r" \| "):
            form.narrowed(wrong)
