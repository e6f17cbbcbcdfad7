"""What was expected of the story and what came, told on the terminal as it happens and in a table at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One outcome: of which scene, what it is, and what was expected and came."""

    scene: str
    what: str
    expected: str
    came: str

    @property
    def good(self) -> bool:
        """Whether it came as expected."""
        return self.expected == self.came


@dataclass
class Outcomes:
    """The story's outcomes, scene by scene."""

    console: Console
    when: Callable[[], str] = str
    lines: list[Line] = field(default_factory=list)
    _scene: str = ""
    _told: bool = True

    def scene(self, title: str) -> None:
        """Begin a scene, or go on with it: its title is told with the first thing that happens in it, and `when`."""
        self._scene, self._told = title, False

    def say(self, text: str) -> None:
        """Tell what happens."""
        if not self._told:
            self.console.print(f"\n  [bold]{self._scene}[/] · {self.when()}", highlight=False)
            self._told = True
        self.console.print(f"    {text}", highlight=False)

    def expect(self, what: str, expected: object, came: object) -> None:
        """Note one outcome; one that is not as expected is told at once."""
        line = Line(self._scene, what, str(expected), str(came))
        self.lines.append(line)
        if not line.good:
            self.console.print(f"    [red]✗[/] {what}: {line.expected} expected, {line.came} came", highlight=False)

    @property
    def good(self) -> bool:
        """Whether everything came as expected."""
        return all(line.good for line in self.lines)

    def table(self) -> Table:
        """All outcomes by scene; what came as expected is told once."""
        table = Table(title="What came of it", title_justify="left")
        for heading in ("", "what", "came"):
            table.add_column(heading, overflow="fold")
        for scene, lines in groupby(sorted(self.lines, key=self._order), key=lambda line: line.scene):
            table.add_section()
            table.add_row("", f"[bold]{scene}[/]", "")
            for line in lines:
                came = line.came if line.good else f"[red]{line.came}[/], expected: {line.expected}"
                table.add_row("[green]✓[/]" if line.good else "[red]✗[/]", line.what, came)
        return table

    def _order(self, line: Line) -> int:
        scenes = list(dict.fromkeys(each.scene for each in self.lines))
        return scenes.index(line.scene)
