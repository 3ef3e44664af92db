"""What `dmn export` writes, opened in the editor that most people draw models with: the graph, its boxes, its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from miaopi.definitions import ServicePackage, list_services, load_service
from miaopi.kernel.decision.drawing import draw, name_of
from miaopi.kernel.dmn import parse
from miaopi.kernel.dmn.writing.document import Norm
from tests.browser import MODULES, opened_browser, opened_page
from tests.services.reference import ROOT
from tests.services.travel_pass import write_travel_pass_with_table

EDITOR: Final = MODULES / "dmn-js" / "dist"
STYLES: Final = ("diagram-js", "dmn-js-shared", "dmn-js-drd", "dmn-js-decision-table", "dmn-js-literal-expression")
PAGE: Final = '<!doctype html><html><body style="margin:0"><div id="editor" style="height:100vh"></div></body></html>'
OPEN: Final = """async (model) => {
    window.editor = new DmnJS({ container: "#editor" });
    const { warnings } = await editor.importXML(model);
    const drawn = editor.getActiveViewer().get("elementRegistry").filter((one) => !one.waypoints && one.parent);
    return { warnings: warnings.map((one) => one.message), shapes: drawn.map((one) => [one.type, one.businessObject.name]) };
}"""
SHOW: Final = """async (name) => {
    const view = editor.getViews().find((one) => one.element.name === name && one.type !== "drd");
    const { warnings } = await editor.open(view);
    return { type: view.type, warnings: (warnings || []).map((one) => one.message) };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as found:
        yield found


@pytest.fixture
def editor(browser: Browser) -> Iterator[Page]:
    """The editor in an empty page, without a way to anywhere; what it complains of, once it is there, fails the test."""
    with opened_page(browser, width=1600, height=1200, javascript=True) as page:
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.context.set_offline(True)
        page.set_content(PAGE)
        for name in STYLES:
            page.add_style_tag(path=EDITOR / "assets" / f"{name}.css")
        page.add_script_tag(path=EDITOR / "dmn-navigated-viewer.production.min.js")
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        yield page
        assert complaints == []


def opened(editor: Page, model: str) -> list[tuple[str, str]]:
    """Every shape of the graph, its type and name; nothing of the model is left out."""
    found: dict[str, Any] = editor.evaluate(OPEN, model)
    assert found["warnings"] == []
    return [(kind.removeprefix("dmn:"), name) for kind, name in found["shapes"]]


@pytest.mark.parametrize("package", list_services(ROOT / "services"), ids=lambda package: package.slug)
def test_a_service_opens_as_a_graph_of_all_its_decisions(package: ServicePackage, editor: Page) -> None:
    written = draw(package.definition, package.name, on=date(2026, 11, 23), norm=Norm.DMN_1_3)
    model = parse(written.encode())
    shapes = opened(editor, written)
    assert {name for kind, name in shapes if kind == "Decision"} == set(model.decisions)
    assert {name for kind, name in shapes if kind == "InputData"} == set(model.inputs)
    assert any(kind == "KnowledgeSource" for kind, _ in shapes)
    assert editor.locator(".bjs-powered-by").is_visible()
    condition = package.definition.conditions[0]
    assert editor.evaluate(SHOW, name_of(condition)) == {"type": "literalExpression", "warnings": []}
    shown = " ".join(editor.locator(".dmn-literal-expression-container").inner_text().split())
    assert " ".join(condition.holds.text.split()) in shown and condition.id in shown


def test_a_table_of_the_law_opens_as_a_table(editor: Page, tmp_path: Path) -> None:
    package = load_service(write_travel_pass_with_table(tmp_path))
    shapes = opened(editor, draw(package.definition, package.name, on=date(2026, 11, 23), norm=Norm.DMN_1_3))
    assert ("Decision", "rides") in shapes
    assert editor.evaluate(SHOW, "rides") == {"type": "decisionTable", "warnings": []}
    rows = editor.locator(".tjs-table tbody tr").all_inner_texts()
    assert rows[0].split()[:4] == ["1", "[65..80)", '"440304"', "60"] and len(rows) >= 3
