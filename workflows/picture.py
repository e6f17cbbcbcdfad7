"""A picture of a workflow as SVG: text stays text, nothing is fetched, and it reads on paper and in the dark.

`sketch` says what is drawn (`Sketch`); `svg` draws it. What starts from almost everywhere (withdrawing, the end of
retention) would hide the rest: it is told below the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from workflows.definition import APPLICANT_SIDE, TIMER_PREFIX, Transition, WorkflowDefinition
from workflows.exploration import Exploration
from workflows.layout import Box, Layout, Point, layout

EVERYWHERE = 5
"""Events that start from at least so many states are told and not drawn."""

CHARACTERS = 24
"""In a line of a box."""

_CHARACTER, _LINE, _PADDING, _MARGIN = 7.6, 19.0, 14.0, 16.0
_NOTE = 15.0
_STYLE = """
.wf{font-family:"Titillium Web",system-ui,sans-serif;font-size:14px}
.wf text{fill:#17324d}.wf .wf-event{font-size:12px;fill:#455a70}
.wf rect{stroke:#06c;stroke-width:1.5;fill:#e8f1fb}
.wf .success rect{stroke:#00724c;fill:#e6f4ea}.wf .closed rect,.wf .final rect{stroke:#5c6f82;fill:#f3f4f5}
.wf path{fill:none;stroke:#8494a4;stroke-width:1.5}.wf path.happy{stroke:#06c;stroke-width:3}
.wf .wf-tip,.wf .wf-tip.happy{fill:#8494a4;stroke:none}.wf .wf-tip.happy{fill:#06c}
.wf .wf-back{fill:#fff;stroke:none}
@media (prefers-color-scheme:dark){.wf text{fill:#eef3f8}.wf .wf-event{fill:#b8c6d4}
.wf rect{fill:#12304f;stroke:#6db3ff}.wf .success rect{fill:#12392b;stroke:#5fd0a0}
.wf .closed rect,.wf .final rect{fill:#26313d;stroke:#9fb0c0}.wf .wf-back{fill:#0f1b29}
.wf path.happy{stroke:#6db3ff}.wf .wf-tip.happy{fill:#6db3ff;stroke:none}}
@media print{.wf text,.wf .wf-event{fill:#000}.wf rect,.wf .wf-back{fill:#fff}.wf g rect{stroke:#000}
.wf path{stroke:#555}.wf path.happy{stroke:#000}.wf .wf-tip.happy{fill:#000}}
""".replace("\n", "")


@dataclass(frozen=True)
class Sketch:
    """What a picture shows.

    Attributes:
        states: id, text and kind of each box, the beginning first.
        ways: source, target and events of each line.
        happy: the states of the way on which all goes well.
        notes: what is told below.
    """

    title: str
    states: tuple[tuple[str, str, str], ...]
    ways: tuple[tuple[str, str, tuple[str, ...]], ...]
    happy: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def text_of(self, state: str) -> str:
        """What its box says."""
        return next(text for each, text, _ in self.states if each == state)

    @property
    def steps(self) -> tuple[str, ...]:
        """The way on which all goes well, in words."""
        return tuple(map(self.text_of, self.happy))

    @property
    def besides(self) -> tuple[str, ...]:
        """What else may happen, in words."""
        return tuple(text for state, text, _ in self.states if state not in self.happy)


def sketch(exploration: Exploration, language: str = "it") -> Sketch:
    """Everything, as staff read it: all states, and the events of each way."""
    definition = exploration.definition
    ways: dict[tuple[str, str], list[str]] = {}
    for transition in definition.transitions:
        for source in transition.sources if _is_drawn(definition, transition) else ():
            ways.setdefault((source, str(transition.to)), []).append(_event(transition))
    told = [each for each in definition.transitions if _is_told(definition, each)]
    drawn = {end for way in ways for end in way}
    shown = [state for state in definition.states if state.id in drawn]
    return Sketch(
        title=definition.title.in_(language),
        states=tuple((state.id, state.label.in_(language), state.kind) for state in shown),
        ways=tuple((source, target, tuple(dict.fromkeys(events))) for (source, target), events in ways.items()),
        happy=happy_path(exploration),
        notes=tuple(dict.fromkeys(_note(definition, each, language) for each in told)),
    )


def public_sketch(exploration: Exploration, language: str = "it") -> Sketch:
    """What applicants may know: the states that a case of the call can come to, in the words meant for them."""
    definition = exploration.definition
    open_to_all = {state.id: state for state in definition.states if state.kind != "final"}
    ways = dict.fromkeys(
        (here.state, there.state)
        for here in exploration.came
        for transition, there in exploration.moves(here)
        if _is_drawn(definition, transition) and not _is_own_exit(definition, transition) and there.state in open_to_all
    )
    drawn = {end for way in ways for end in way}
    return Sketch(
        title=definition.title.in_(language),
        states=tuple(
            (name, state.public.in_(language), state.kind) for name, state in open_to_all.items() if name in drawn
        ),
        ways=tuple((source, target, ()) for source, target in ways),
        happy=tuple(state for state in happy_path(exploration) if state in drawn),
    )


def _is_own_exit(definition: WorkflowDefinition, transition: Transition) -> bool:
    """Whether applicant or parent end the case with it, which they may nearly always: told, not drawn."""
    twins = [each for each in definition.transitions if each.event == transition.event and each.to == transition.to]
    ends = transition.to is not None and definition.state(transition.to).kind == "closed"
    return ends and transition.high_stakes and any(APPLICANT_SIDE & set(each.actor) for each in twins)


def happy_path(exploration: Exploration) -> tuple[str, ...]:
    """The states of the way on which all goes well: the shortest to a success, on through others, and to its end."""
    definition = exploration.definition
    successes = [state.id for state in definition.states if state.kind == "success"]
    goal = next((each for each in exploration.came if each.state in successes), next(iter(exploration.came)))
    way = [exploration.begins(goal).state, *(there.state for _, there in exploration.way_to(goal))]
    return _to_its_end(exploration, tuple(dict.fromkeys(way)))


def _to_its_end(exploration: Exploration, way: tuple[str, ...]) -> tuple[str, ...]:
    """The longest way on through states of success, then the closed state that comes first in the file."""
    definition = exploration.definition
    after = {each.to for each in definition.leaving(way[-1]) if _is_drawn(definition, each)} - set(way)
    light = {each.to for each in definition.leaving(way[-1]) if not each.high_stakes}
    following = [state for state in definition.states if state.id in after & exploration.reached]
    onward = [_to_its_end(exploration, (*way, state.id)) for state in following if state.kind == "success"]
    # giving up and being revoked are ends too, but not those that a case is for
    ends = [(*way, state.id) for state in following if state.kind == "closed" and state.id in light]
    return max(onward, key=len, default=ends[0] if ends else way)


def _is_drawn(definition: WorkflowDefinition, transition: Transition) -> bool:
    return (
        transition.to is not None and transition.to not in transition.sources and not _is_told(definition, transition)
    )


def _is_told(definition: WorkflowDefinition, transition: Transition) -> bool:
    """Whether it starts almost everywhere, or ends retention: told below, since it would hide the rest."""
    if transition.to is None:
        return False
    return len(transition.sources) >= EVERYWHERE or definition.state(transition.to).kind == "final"


def _event(transition: Transition) -> str:
    if transition.event.startswith(TIMER_PREFIX):
        return str(transition.timer).replace("at:", "at ") if "at:" in transition.event else f"after {transition.timer}"
    return transition.event


def _note(definition: WorkflowDefinition, transition: Transition, language: str) -> str:
    label = definition.state(str(transition.to)).label.in_(language)
    words = {"it": "da {n} stati", "en": "from {n} states"}[language].format(n=len(transition.sources))
    return f"{transition.event} ({words}) → {label}"


# --- drawing --------------------------------------------------------------------------------------------------------


def svg(what: Sketch, *, standalone: bool = True, name: str = "wf") -> str:
    """The picture; inside a page (not `standalone`) the page's own style sheet dresses it. `name` begins its ids."""
    lines = {state: wrap(text, CHARACTERS) or [""] for state, text, _ in what.states}
    events = {_label_of(source, target): list(texts) for source, target, texts in what.ways if texts}
    boxes = {state: _box(lines[state]) for state, _, _ in what.states}
    boxes |= {label: _label_box(texts) for label, texts in events.items()}
    drawn: list[tuple[str, str]] = []
    for source, target, texts in what.ways:
        label = _label_of(source, target)
        drawn += [(source, label), (label, target)] if texts else [(source, target)]
    spine = [what.happy[0], *(part for pair in pairwise(what.happy) for part in _steps(pair, events))]
    placed = layout(boxes, drawn, spine)
    happy = set(pairwise(spine))
    parts = [_line(placed.lines[line], happy=line in happy, tip=line[1] not in events) for line in drawn]
    parts += [_state(state, kind, lines[state], boxes[state], placed.centres[state]) for state, _, kind in what.states]
    parts += [_event_text(texts, placed.centres[label]) for label, texts in events.items()]
    return _frame(what, placed, parts, standalone=standalone, name=name)


def _label_of(source: str, target: str) -> str:
    return f"{source} {target}"


def _steps(pair: tuple[str, str], events: Collection[str]) -> list[str]:
    label = _label_of(*pair)
    return [label, pair[1]] if label in events else [pair[1]]


def _box(lines: Sequence[str]) -> Box:
    return Box(max(map(len, lines)) * _CHARACTER + 2 * _PADDING, len(lines) * _LINE + 2 * _PADDING * 0.7)


def _label_box(texts: Sequence[str]) -> Box:
    return Box(max(map(len, texts)) * 6.4, len(texts) * _NOTE)


def _frame(what: Sketch, placed: Layout, parts: Sequence[str], *, standalone: bool, name: str) -> str:
    notes = len(what.notes) * _NOTE + (_MARGIN if what.notes else 0)
    wide = max([placed.width, *(len(note) * 6.4 for note in what.notes)]) + 2 * _MARGIN
    high = placed.height + notes + 2 * _MARGIN
    told = " → ".join(what.steps)
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    head = (
        f'<svg{namespace} class="wf" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" role="img" '
        f"aria-labelledby={quoteattr(f'{name}-title {name}-desc')}>"
        f'<title id="{name}-title">{escape(what.title)}</title><desc id="{name}-desc">{escape(told)}</desc>'
    )
    style = f'<style>{_STYLE}</style><rect class="wf-back" width="100%" height="100%"/>' if standalone else ""
    body = "\n".join(parts)
    below = "\n".join(
        f'<text class="wf-event" x="0" y="{placed.height + _MARGIN + (index + 1) * _NOTE:.0f}">{escape(note)}</text>'
        for index, note in enumerate(what.notes)
    )
    return f'{head}{style}\n<g transform="translate({_MARGIN:.0f} {_MARGIN:.0f})">\n{body}\n{below}\n</g></svg>\n'


def _state(state: str, kind: str, lines: Sequence[str], box: Box, centre: Point) -> str:
    x, y = centre[0] - box.width / 2, centre[1] - box.height / 2
    rounded = 18 if kind in ("closed", "final") else 5
    first = centre[1] - (len(lines) - 1) * _LINE / 2 + 5
    text = "".join(
        f'<tspan x="{centre[0]:.1f}" y="{first + number * _LINE:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="{kind}" data-state={quoteattr(state)}><rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="{rounded}"/><text text-anchor="middle">{text}</text></g>'
    )


def _event_text(texts: Sequence[str], centre: Point) -> str:
    first = centre[1] - (len(texts) - 1) * _NOTE / 2 + 4
    spans = "".join(
        f'<tspan x="{centre[0]:.1f}" y="{first + number * _NOTE:.1f}">{escape(text)}</tspan>'
        for number, text in enumerate(texts)
    )
    return f'<text class="wf-event" text-anchor="middle">{spans}</text>'


def _line(points: Sequence[Point], *, happy: bool, tip: bool) -> str:
    """A smooth line through `points`, with an arrow head at its end."""
    kind = ' class="happy"' if happy else ""
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = (to_y - y) / 2
        path += f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
    drawn = f'<path{kind} d="{path}"/>'
    if not tip:
        return drawn
    x, y = points[-1]
    back = -7 if points[-2][1] < y else 7
    return drawn + f'<path class="wf-tip{" happy" if happy else ""}" d="M{x:.1f} {y:.1f}l-5 {back}h10z"/>'
