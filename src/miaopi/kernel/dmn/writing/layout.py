"""Where the elements of a requirements diagram are drawn: in columns, each to the right of what it needs.

After Sugiyama, Tagawa and Toda (1981): columns by the longest way to an element, an order within each that keeps arrows
short, and a bend of the arrow in every column that it passes, so that it crosses no element.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from miaopi.kernel.frozen import frozen

COLUMN: Final = 300  # from the left edge of one column to that of the next
WIDEST: Final = 200  # an element
MARGIN: Final = 40
GAP: Final = 24  # between two elements of a column
BEND: Final = 8  # the height that a passing arrow takes
SWEEPS: Final = 12


@frozen
class Box:
    """A place in the diagram, in its units of a pixel; `y` grows downwards."""

    x: int
    y: int
    width: int
    height: int


@frozen
class Layout:
    """The box of each element, and the points of each arrow from its beginning to its end."""

    boxes: Mapping[str, Box]
    arrows: Mapping[tuple[str, str], tuple[tuple[int, int], ...]]


Arrow = tuple[str, str]


def lay_out(sizes: Mapping[str, tuple[int, int]], arrows: Sequence[Arrow], *, late: Iterable[str] = ()) -> Layout:
    """A layout of elements of that width and height; arrows run from what is needed to who needs it, in no circle. Those that
    are `late` and need nothing stand just before the first that needs them.
    """
    columns = _columns(sizes, arrows, frozenset(late))
    chains = {arrow: _chain(arrow, columns) for arrow in arrows}
    heights = {node: height for node, (_, height) in sizes.items()}
    for chain in chains.values():
        for bend, column in chain[1:-1]:
            columns[bend], heights[bend] = column, BEND
    beside: dict[str, list[str]] = {node: [] for node in columns}
    for chain in chains.values():
        for (one, _), (other, _) in pairwise(chain):
            beside[one].append(other)
            beside[other].append(one)
    middles = _middles(_ordered(columns, beside), beside, heights)
    boxes = {
        node: Box(MARGIN + columns[node] * COLUMN, middles[node] - height // 2, width, height)
        for node, (width, height) in sizes.items()
    }
    return Layout(boxes, {arrow: _points(chain, boxes, middles) for arrow, chain in chains.items()})


def _columns(sizes: Mapping[str, tuple[int, int]], arrows: Sequence[Arrow], late: frozenset[str]) -> dict[str, int]:
    needs: dict[str, list[str]] = {node: [] for node in sizes}
    for start, end in arrows:
        needs[end].append(start)
    columns: dict[str, int] = {}
    waiting = [*reversed([*sizes])]
    while waiting:
        node = waiting[-1]
        if missing := [need for need in needs[node] if need not in columns]:
            waiting += missing
            continue
        columns[waiting.pop()] = max((columns[need] + 1 for need in needs[node]), default=0)
    for node in late:
        if readers := [columns[end] for start, end in arrows if start == node]:
            columns[node] = min(readers) - 1
    return columns


def _chain(arrow: Arrow, columns: Mapping[str, int]) -> list[tuple[str, int]]:
    """The arrow from its beginning over a bend in each column between to its end."""
    start, end = arrow
    bends = [(f"{start} → {end} {column}", column) for column in range(columns[start] + 1, columns[end])]
    return [(start, columns[start]), *bends, (end, columns[end])]


def _ordered(columns: Mapping[str, int], beside: Mapping[str, list[str]]) -> list[list[str]]:
    """The nodes of each column from top to bottom: each near the mean place of its neighbours, to and fro until it settles."""
    ordered: list[list[str]] = [[] for _ in range(max(columns.values(), default=0) + 1)]
    for node, at in columns.items():
        ordered[at].append(node)
    place = {node: rank / len(column) for column in ordered for rank, node in enumerate(column)}

    def mean(node: str, step: int) -> float:
        found = [place[one] for one in beside[node] if (columns[one] - columns[node]) * step < 0]
        return sum(found) / len(found) if found else place[node]

    for sweep in range(SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for column in ordered[::step]:
            wanted = {node: mean(node, step) for node in column}
            column.sort(key=wanted.__getitem__)
            place |= {node: rank / len(column) for rank, node in enumerate(column)}
    return ordered


def _middles(ordered: list[list[str]], beside: Mapping[str, list[str]], heights: Mapping[str, int]) -> dict[str, int]:
    """The height at which the middle of each node lies: that of its neighbours, as far as those above leave room."""
    middles: dict[str, int] = {}
    for column in ordered:
        _stack(column, dict.fromkeys(column, 0), heights, middles)
    for sweep in range(SWEEPS):
        for column in ordered[:: 1 if sweep % 2 == 0 else -1]:
            wanted = {
                node: sum(middles[one] for one in beside[node]) // len(beside[node]) if beside[node] else middles[node]
                for node in column
            }
            _stack(column, wanted, heights, middles)
    highest = min((middle - heights[node] // 2 for node, middle in middles.items()), default=0)
    return {node: middle - highest + MARGIN for node, middle in middles.items()}


def _stack(column: list[str], wanted: Mapping[str, int], heights: Mapping[str, int], middles: dict[str, int]) -> None:
    """Put the nodes of a column below one another, each as near as can be to where it is wanted: those that push one another
    form a block, and a block lies where its nodes want it on the average.
    """
    blocks: list[tuple[float, list[tuple[str, int]]]] = []  # where it begins, and its nodes with their distance from there
    for node in column:
        begin, held = float(wanted[node]), [(node, 0)]
        while blocks and blocks[-1][0] + _length(blocks[-1][1], heights) + (heights[held[0][0]] + GAP * 2) / 2 > begin:
            above = blocks.pop()[1]
            distance = above[-1][1] + (heights[above[-1][0]] + heights[held[0][0]]) // 2 + GAP
            held = [*above, *((one, offset + distance) for one, offset in held)]
            begin = sum(wanted[one] - offset for one, offset in held) / len(held)
        blocks.append((begin, held))
    middles |= {node: round(begin) + offset for begin, held in blocks for node, offset in held}


def _length(held: list[tuple[str, int]], heights: Mapping[str, int]) -> float:
    """From the middle of the first node of a block to the lower edge of its last."""
    last, offset = held[-1]
    return offset + heights[last] / 2


def _points(
    chain: Sequence[tuple[str, int]], boxes: Mapping[str, Box], middles: Mapping[str, int]
) -> tuple[tuple[int, int], ...]:
    """From the right edge of the first box, level through the columns between, to the left edge of the last."""
    first, last = boxes[chain[0][0]], boxes[chain[-1][0]]
    points = [(first.x + first.width, middles[chain[0][0]])]
    for bend, column in chain[1:-1]:
        left = MARGIN + column * COLUMN
        points += [(left, middles[bend]), (left + WIDEST, middles[bend])]
    return (*points, (last.x, middles[chain[-1][0]]))
