"""Where the boxes and lines of a picture go: a layered layout from top to bottom (Sugiyama, Tagawa and Toda 1981).

Lines against the stream are turned round; every box gets a layer; lines that pass layers are cut at each of them; the
order within a layer follows the mean place of the neighbours; then boxes move towards their neighbours as far as
there is room. A `spine` (the happy path) stays one straight column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

GAP = 28.0
"""Least room between two boxes of a layer, in pixels like everything here."""

LAYER_GAP = 52.0
SWEEPS = 24
_SPINE_WEIGHT = 1000.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box to be placed."""

    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """What was placed: the middle of each box, the points of each line from its source to its target, the size."""

    centres: Mapping[str, Point]
    lines: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


@dataclass
class _Graph:
    """Layers of names; names of cut points begin with `|`."""

    sizes: dict[str, Box]
    spine: frozenset[str] = frozenset()
    layer: dict[str, int] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    near: dict[str, list[str]] = field(default_factory=dict)
    x: dict[str, float] = field(default_factory=dict)

    @cached_property
    def heights(self) -> list[float]:
        """Of each layer."""
        return [max(self.sizes[name].height for name in row) for row in self.rows]


def layout(boxes: Mapping[str, Box], lines: Iterable[tuple[str, str]], spine: Sequence[str] = ()) -> Layout:
    """Places `boxes` (the first is the beginning) and `lines` between them; no line leads from a box to itself."""
    wanted = list(dict.fromkeys(lines))
    forward = _turned(list(boxes), wanted, spine)
    graph = _Graph(dict(boxes))
    graph.layer = _layers(list(boxes), forward)
    chains = {line: _cut(graph, line) for line in forward}
    along = set(pairwise(spine))
    graph.spine = frozenset(name for line, chain in chains.items() if line in along for name in chain)
    _order(graph, chains.values())
    _spread(graph)
    tops = _tops(graph)
    left = min(graph.x[name] - graph.sizes[name].width / 2 for name in graph.x)
    centres = {name: (graph.x[name] - left, tops[graph.layer[name]]) for name in graph.x}
    drawn = {}
    for source, target in wanted:
        chain = chains.get((source, target)) or tuple(reversed(chains[target, source]))
        drawn[source, target] = _points(graph, chain, centres, down=(source, target) in chains)
    right = max(x + graph.sizes[name].width / 2 for name, (x, _) in centres.items())
    bottom = max(y + graph.sizes[name].height / 2 for name, (_, y) in centres.items())
    return Layout({name: centres[name] for name in boxes}, drawn, right, bottom)


def _turned(names: Sequence[str], lines: Sequence[tuple[str, str]], spine: Sequence[str]) -> list[tuple[str, str]]:
    """The lines without rounds: those that lead back on the way of a depth-first walk are turned."""
    following = dict(pairwise(spine))
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in lines:
        after[source].append(target)
    for name, targets in after.items():
        # the spine is walked down first, so that it is never turned
        after[name] = sorted(targets, key=following.get(name, "").__ne__)
    state: dict[str, bool] = {}
    turned: list[tuple[str, str]] = []

    def walk(name: str) -> None:
        state[name] = True
        for target in after[name]:
            turned.append((target, name) if state.get(target, False) else (name, target))
            if target not in state:
                walk(target)
        state[name] = False

    for name in (*spine, *names):
        if name not in state:
            walk(name)
    return list(dict.fromkeys(turned))


def _layers(names: Sequence[str], lines: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest way from the beginning; a box moves down to just above the first that follows it."""
    layer = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in lines:
            layer[target] = max(layer[target], layer[source] + 1)
    followed = {source for source, _ in lines}
    entered = {target for _, target in lines}
    for name in names:
        if name in followed and name not in entered:
            layer[name] = min(layer[target] for source, target in lines if source == name) - 1
    return layer


def _cut(graph: _Graph, line: tuple[str, str]) -> tuple[str, ...]:
    """The line as a chain of names, one on each layer it passes."""
    source, target = line
    between = [f"|{source}|{target}|{number}" for number in range(graph.layer[source] + 1, graph.layer[target])]
    for number, name in enumerate(between, graph.layer[source] + 1):
        graph.layer[name], graph.sizes[name] = number, Box(8, 0)
    return (source, *between, target)


def _order(graph: _Graph, chains: Iterable[tuple[str, ...]]) -> None:
    """Order each layer by the mean place of the neighbours, down and up again; the best order seen is kept."""
    graph.near = {name: [] for name in graph.layer}
    for chain in chains:
        for upper, lower in pairwise(chain):
            graph.near[upper].append(lower)
            graph.near[lower].append(upper)
    rows: list[list[str]] = [[] for _ in range(max(graph.layer.values()) + 1)]
    for name, number in graph.layer.items():
        rows[number].append(name)
    best, fewest = [list(row) for row in rows], _crossings(graph, rows)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for number in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
            _sort_row(graph, rows, number, -1 if down else 1)
        crossings = _crossings(graph, rows)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    graph.rows = best


def _sort_row(graph: _Graph, rows: list[list[str]], number: int, beside: int) -> None:
    other = rows[number + beside] if 0 <= number + beside < len(rows) else []
    place = {name: index + 0.5 - len(other) / 2 for index, name in enumerate(other)}
    here = {name: index + 0.5 - len(rows[number]) / 2 for index, name in enumerate(rows[number])}

    def wish(name: str) -> float:
        near = [place[each] for each in graph.near[name] if each in place]
        return sum(near) / len(near) if near else here[name]

    rows[number].sort(key=wish)


def _crossings(graph: _Graph, rows: Sequence[Sequence[str]]) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        place = {name: index for index, name in enumerate(lower)}
        ends = [sorted(place[each] for each in graph.near[name] if each in place) for name in upper]
        flat = [(index, end) for index, row in enumerate(ends) for end in row]
        total += sum(a[0] < b[0] and a[1] > b[1] for i, a in enumerate(flat) for b in flat[i + 1 :])
    return total


def _spread(graph: _Graph) -> None:
    """Move boxes towards their neighbours, and the spine to one column."""
    for row in graph.rows:
        at = 0.0
        for name in row:
            graph.x[name] = at + graph.sizes[name].width / 2
            at += graph.sizes[name].width + GAP
    for sweep in range(SWEEPS):
        rows = graph.rows if sweep % 2 == 0 else graph.rows[::-1]
        for row in rows:
            wishes = {name: _wish(graph, name) for name in row}
            _settle(graph, row, wishes)


def _wish(graph: _Graph, name: str) -> tuple[float, float]:
    """Where a name would like to be, and how much."""
    if name in graph.spine:
        return 0.0, _SPINE_WEIGHT
    near = [graph.x[each] for each in graph.near[name]]
    cut = name.startswith("|")
    return (sum(near) / len(near), 3.0 if cut else 1.0) if near else (graph.x[name], 0.1)


def _settle(graph: _Graph, row: Sequence[str], wishes: Mapping[str, tuple[float, float]]) -> None:
    """The places in a row nearest to the wishes: neighbours that would overlap move as one block."""
    blocks: list[tuple[float, float, list[tuple[str, float]]]] = []  # where, weight, names with their distance
    for name in row:
        wish, weight = wishes[name]
        where, total, members = wish, weight, [(name, 0.0)]
        while blocks and blocks[-1][0] + _reach(graph, blocks[-1][2], members) > where:
            before, heavy, others = blocks.pop()
            shift = _reach(graph, others, members)
            members = [*others, *((each, distance + shift) for each, distance in members)]
            where = (before * heavy + (where - shift) * total) / (heavy + total)
            total += heavy
        blocks.append((where, total, members))
    for where, _, members in blocks:
        for name, distance in members:
            graph.x[name] = where + distance


def _reach(graph: _Graph, left: Sequence[tuple[str, float]], right: Sequence[tuple[str, float]]) -> float:
    last, distance = left[-1]
    return distance + (graph.sizes[last].width + graph.sizes[right[0][0]].width) / 2 + GAP


def _tops(graph: _Graph) -> list[float]:
    """The middle of each layer."""
    middles, at = [], 0.0
    for height in graph.heights:
        middles.append(at + height / 2)
        at += height + LAYER_GAP
    return middles


def _points(graph: _Graph, chain: Sequence[str], centres: Mapping[str, Point], *, down: bool) -> tuple[Point, ...]:
    """From the edge of the first box to the edge of the last; a layer that is passed is passed straight."""
    first, last = centres[chain[0]], centres[chain[-1]]
    sign = 1 if down else -1
    begin = (first[0], first[1] + sign * graph.sizes[chain[0]].height / 2)
    end = (last[0], last[1] - sign * graph.sizes[chain[-1]].height / 2)
    points = [begin]
    for name in chain[1:-1]:
        x, y = centres[name]
        half = sign * graph.heights[graph.layer[name]] / 2
        points += [(x, y - half), (x, y + half)]
    return (*points, end)
