"""`hubout diagram`: a workflow as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from app.catalogue.library import WORKFLOWS, Reader
from app.catalogue.pictures import whole
from app.errors import HubOutError
from forms.document import DefinitionError
from workflows.definition import load_workflow
from workflows.diagram import diagram as mermaid
from workflows.picture import svg


@click.command()
@click.argument("workflow")
@click.option("--svg", "form", flag_value="svg", default=True, help="As SVG, to be looked at (the default).")
@click.option("--mermaid", "form", flag_value="mermaid", help="As Mermaid text, which Markdown viewers draw.")
@click.option("--language", type=click.Choice(["it", "en"]), default="it", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
def diagram(workflow: str, form: str, language: str, out: Path | None) -> None:
    """Draw WORKFLOW: the name of one of the library, or a file."""
    path = WORKFLOWS / f"{workflow}.yaml"
    if not path.exists():
        path = Path(workflow)
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in WORKFLOWS.glob("*.yaml")))
        raise HubOutError(f"there is no workflow `{workflow}`", f"name a file, or one of {known}")
    reader = Reader()
    found = reader.load([path], "workflow", load_workflow, lambda each: each.workflow)
    if not found:
        raise DefinitionError(reader.faults)
    definition = next(iter(found.values()))
    text = svg(whole(definition, language)) if form == "svg" else mermaid(definition, language)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


COMMANDS = {"diagram": diagram}
