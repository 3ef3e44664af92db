"""A graph written as a model, with its diagram: what is read back, and that nothing in the picture lies on anything else."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from miaopi.kernel.dmn import parse
from miaopi.kernel.dmn.writing.document import (
    Answer,
    Element,
    Function,
    Input,
    Item,
    Norm,
    Source,
    write_model,
)
from miaopi.kernel.dmn.writing.layout import COLUMN, Box, Layout, lay_out
from miaopi.kernel.dmn.writing.logic import literal
from miaopi.kernel.dmn.writing.markup import mark, write_xml

SIZE = (200, 60)
LAW = "老年人权益保障法 第三十三条"
TWICE = Function("twice", parameters=(("n", "number"),), body=literal("n * 2"), sources=(LAW,))
OLD = 'twice(年龄+) >= 160 and "a < b & c" != "\x00"'
AGE: list[Element] = [
    Input("年龄+", "年龄", "来源", "number"),
    Source(LAW),
    TWICE,
    Answer("old", "年长", "说明", "boolean", question="是否年长？", body=literal(OLD), needs=("年龄+",), calls=("twice",), sources=(LAW,)),
]


def test_a_graph_is_read_back_as_it_was_written() -> None:
    items = [Item("grade", "string", ('"a"', '"b"')), Item("grades", is_list=True, components=(Item("g", "grade"),))]
    written = write_model('一个"模型"\n', "urn:test", items, AGE)
    model = parse(written.encode())
    assert (model.name, model.namespace, model.decisions, model.invocables, model.inputs) == (
        '一个"模型"', "urn:test", ("old",), ("twice",), ("年龄+",),
    )  # fmt: skip
    assert [model.evaluate("old", {"年龄+": age}) for age in (79, 80)] == [False, True]
    assert write_model("m", "urn:m", (), (), norm=Norm.DMN_1_3).count("/20191111/") == 3


def test_a_requirement_says_of_what_kind_it_is() -> None:
    top = Answer("top", body=literal("old"), needs=("old",))
    written = write_model("m", "urn:m", (), [*AGE, top])
    for kind, end in (("requiredInput", "inputData"), ("requiredDecision", "decision"), ("requiredKnowledge", "businessKnowledgeModel")):
        assert f'<{kind} href="#{end}.' in written
    assert written.count("<authorityRequirement ") == written.count('<requiredAuthority href="#knowledgeSource.') == 2
    assert written.count("<dmndi:DMNEdge ") == 5 and written.count("<dmndi:DMNShape ") == 5


def test_signs_that_xml_has_not_are_replaced_and_the_others_come_back() -> None:
    root = mark("a", mark("b", text='x < y & "z"\r\n\ud800\x01'), mark("c"), n='1 < 2\n"\t', none="")
    assert write_xml(root) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<a n="1 &lt; 2&#10;&quot;&#9;">\n'
        '  <b>x &lt; y &amp; "z"&#13;\n\ufffd\ufffd</b>\n  <c/>\n</a>\n'
    )


def lies_on(one: Box, other: Box) -> bool:
    return one.x < other.x + other.width and other.x < one.x + one.width and one.y < other.y + other.height and other.y < one.y + one.height


def crossed(layout: Layout) -> list[tuple[str, str, str]]:
    """Arrows whose way between columns runs through an element: level parts alone can, for the others lie between columns."""
    return [
        (*arrow, name)
        for arrow, points in layout.arrows.items()
        for (left, y), (right, end) in pairwise(points)
        for name, box in layout.boxes.items()
        if y == end and left < box.x + box.width and box.x < right and box.y < y < box.y + box.height
    ]


LADDER = [(f"{column}.{row}", f"{column + 1}.{row * 2 % 5}") for column in range(4) for row in range(5)]


@pytest.mark.parametrize(
    ("names", "arrows"),
    [
        ("", []),
        ("a", []),
        ("abc", [("a", "b"), ("b", "c"), ("a", "c")]),
        ("dcba", [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("b", "d")]),
        ("abcdefgh", [(name, "h") for name in "abcdefg"]),
        ([f"{column}.{row}" for column in range(5) for row in range(5)], [*LADDER, ("0.0", "4.4"), ("0.3", "4.1"), ("1.2", "4.0")]),
    ],
)  # fmt: skip
def test_nothing_is_drawn_upon_anything_else(names: list[str], arrows: list[tuple[str, str]]) -> None:
    layout = lay_out(dict.fromkeys(names, SIZE), arrows)
    assert not any(lies_on(one, other) for one, other in combinations(layout.boxes.values(), 2))
    assert crossed(layout) == []
    assert layout.boxes.keys() == set(names) and layout.arrows.keys() == set(arrows)
    for (start, end), points in layout.arrows.items():
        assert layout.boxes[start].x < layout.boxes[end].x
        assert points[0][0] == layout.boxes[start].x + 200 and points[-1][0] == layout.boxes[end].x
    assert all(box.x >= 0 and box.y >= 0 for box in layout.boxes.values())


def test_what_is_needed_late_stands_just_before_its_first_reader() -> None:
    arrows = [("a", "b"), ("b", "c"), ("late", "c")]
    sizes = dict.fromkeys(("a", "b", "c", "late", "unused"), SIZE)
    assert lay_out(sizes, arrows).boxes["late"].x == lay_out(sizes, arrows).boxes["a"].x
    placed = lay_out(sizes, arrows, late=["a", "late", "unused"]).boxes
    assert (placed["late"].x - placed["a"].x, placed["unused"].x) == (COLUMN, placed["a"].x)
