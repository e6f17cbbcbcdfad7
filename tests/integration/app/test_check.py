"""`hubout check`: every fault as `file:line: what: how to fix`; the app refuses to start on one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.checking import check
from app.config import Settings
from app.services.context import open_context
from forms.document import DefinitionError
from tests.integration.app.calls_of_authors import EXAMPLE, inline, line_of


@dataclass(frozen=True)
class Slip:
    """A mistake: what an author wrote instead of what, and what `check` says to it.

    The fault's line is that of `at`, or of what was written.
    """

    name: str
    instead_of: str
    wrote: str
    told: str
    fix: str
    written_out: str = ""
    at: str = ""

    def __str__(self) -> str:
        return self.name


SLIPS = (
    Slip("unknown-key", "reviews: 2", "reviwes: 2", "unknown key `reviwes`", "reviews"),
    Slip("missing-key", "opens: 2026-11-02T09:00 ", "# opens", "`opens` is missing", "opens: …", at="call:"),
    Slip("yaml-syntax", "people:", "people: [", "", "check indentation", at="  case_officer:"),
    Slip("unknown-form", "form: coworking-postazione", "form: coworking", "there is no form `coworking`", "use one of"),
    Slip(
        "bad-e-mail",
        "sportello@comune.example.org",
        "sportello",
        "`sportello` is no e-mail address",
        "like",
        at="people:",
    ),
    Slip(
        "closes-first", "form:", "closes: 2026-11-01T09:00\nform:", "`closes` is not after `opens`", "move", at="call:"
    ),
    Slip("bad-date", "2026-11-02T09:00", "2-11-2026", "`2-11-2026` does not serve", "2026-11-02T09:00"),
    Slip("too-many-reviews", "reviews: 2", "reviews: 3", "there are 2 reviewers", "add reviewers"),
    Slip("nobody", "  reviewer:", "  province:", "nobody is `reviewer`", "add `reviewer:`", at="people:"),
    Slip(
        "two-parts",
        "revisione1@oltrespazio.example.org",
        "coordinamento@comune.example.org",
        "is `reviewer` and `coordinator`",
        "two different people",
        at="  reviewer:",
    ),
    Slip(
        "unknown-site",
        "cb-ampliamento: {places: 8",
        "cb-amplia: {places: 8",
        "has no option `cb-amplia`",
        "use some of",
    ),
    Slip("partner-column-clash", "{id: note_per_il_gruppo}", "{id: sede}", "`sede` clashes with one of ours", "rename"),
    Slip(
        "system-column-clash", "{id: note_per_il_gruppo}", "{id: stato}", "`stato` clashes with one of ours", "rename"
    ),
    Slip("personal-data", "[sede, fascia_eta", "[sede, cognome, fascia_eta", "`cognome` is personal data", "remove it"),
    Slip(
        "sensitive-data",
        "[sede, fascia_eta",
        "[sede, situazione_lavoro, fascia_eta",
        "`situazione_lavoro` is personal data",
        "remove it",
    ),
    Slip(
        "unknown-column",
        "[sede, fascia_eta",
        "[sede, colore, fascia_eta",
        "the form has no field `colore`",
        "use some of",
    ),
    Slip("missing-field", "{field: posti, gt: 1}", "{field: posto, gt: 1}", "posto", "posti", "form"),
    Slip("unknown-type", "type: textarea", "type: textaera", "textaera", "textarea", "form"),
    Slip("personal-by-form", "pii: identity", "pii: identity\n          sheet: yes  # no", "sheet", "", "form", "# no"),
    Slip("unknown-state", "to: valutazione", "to: valutazzione", "valutazzione", "valutazione", "workflow"),
    Slip(
        "unknown-guard",
        "guard: requirements_met",
        "guard: requirements_mett",
        "requirements_mett",
        "requirements_met",
        "workflow",
    ),
    Slip("unknown-effect", "{mail: lista_attesa}", "{maill: lista_attesa}", "maill", "mail", "workflow"),
    Slip("bad-time", "'timer:PT72H'", "'timer:72h'", "72h", "PT", "workflow"),
)

INLINE = (
    Slip(
        "unreachable-state",
        "  - id: lista_attesa\n",
        "  - {id: isola, label: {it: Isola}, public: {it: Isola}, kind: final, clock: stop}\n    - id: lista_attesa\n",
        "isola",
        "",
        "workflow",
        "id: isola",
    ),
    Slip("unknown-mail", "{mail: lista_attesa}", "{mail: lista_atesa}", "lista_atesa", "", "workflow"),
)
"""What only shows with the whole picture of a workflow."""


def faults_told(path: Path) -> list[str]:
    """What `hubout check PATH` prints, line by line; it fails exactly when it prints a fault."""
    result = CliRunner(env={"HUBOUT_HOME": str(path.parent)}).invoke(check, [str(path)])
    lines = result.output.splitlines()
    assert (result.exit_code, lines[-1] == "No faults.") in ((0, True), (1, False)), result.output
    return lines if result.exit_code else []


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_is_told_at_its_line(tmp_path: Path, slip: Slip) -> None:
    text = inline(EXAMPLE, slip.written_out) if slip.written_out else EXAMPLE
    assert slip.instead_of in text
    wrong = text.replace(slip.instead_of, slip.wrote, 1)
    file = tmp_path / "mia.yaml"
    file.write_text(wrong, encoding="utf-8")
    line = line_of(wrong, slip.at or slip.wrote.splitlines()[-1].strip())
    told = faults_told(file)
    assert any(each.startswith(f"{file}:{line}: ") and slip.told in each and slip.fix in each for each in told), (
        "\n".join(told)
    )


def test_a_good_call_has_no_faults(tmp_path: Path) -> None:
    for number, written_out in enumerate(("", "form", "workflow")):
        (tmp_path / f"{number}.yaml").write_text(
            (inline(EXAMPLE, written_out) if written_out else EXAMPLE).replace("cinisello-2026", f"prova-{number}"),
            encoding="utf-8",
        )
    assert faults_told(tmp_path) == []


def test_all_faults_are_told_at_once_and_what_is_shipped_has_none(tmp_path: Path) -> None:
    file = tmp_path / "mia.yaml"
    file.write_text(EXAMPLE.replace("reviews: 2", "reviews: two\nfoo: 1"), encoding="utf-8")
    assert [line.partition(": ")[0] for line in faults_told(file)] == [f"{file}:13", f"{file}:14"]
    shipped = CliRunner(env={"HUBOUT_HOME": str(tmp_path)}).invoke(check)
    assert (shipped.exit_code, shipped.output) == (0, "No faults.\n")


@pytest.mark.parametrize("slip", INLINE, ids=str)
def test_a_slip_in_a_workflow_of_the_call_s_own_is_told(tmp_path: Path, slip: Slip) -> None:
    test_a_slip_is_told_at_its_line(tmp_path, slip)


def test_two_calls_of_one_name_are_a_fault(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(EXAMPLE, encoding="utf-8")
    (fault,) = faults_told(tmp_path)
    assert "already a call `coworking-cinisello-2026`" in fault


def test_the_app_does_not_start_on_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "mia.yaml").write_text(EXAMPLE.replace("reviews:", "reviwes:"), encoding="utf-8")
    settings = Settings.from_environment(
        {"HUBOUT_HOME": str(tmp_path / "home"), "HUBOUT_CALLS_DIR": str(tmp_path / "calls")}
    )
    with pytest.raises(DefinitionError, match=r"mia.yaml:13: unknown key `reviwes`"):
        open_context(settings)
