"""The Technology Compatibility Kit of DMN: its cases as data, and whether a value is the one that a case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from miaopi.definitions import dmn
from miaopi.kernel.dmn import Model
from miaopi.kernel.errors import MiaopiError

SPACE = "{http://www.omg.org/spec/DMN/20160719/testcase}"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TOLERANCE = Decimal("1e-8")
NUMBERS = {"decimal", "double", "integer", "int", "float", "long"}
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TEMPORAL = {"date", "dateTime", "time", "duration"}


@dataclass(frozen=True)
class Typed:
    """A value of a case as it is written: its text, and the name of its type if it has one."""

    text: str
    kind: str


@dataclass(frozen=True)
class Result:
    """What became of one case. `valued`: it expects a value, not null; `silent`: it expects an error, and none was noted."""

    name: str
    passed: bool
    valued: bool
    silent: bool
    said: str


def run_folder(folder: Path) -> Iterator[Result]:
    models: dict[str, Model | MiaopiError] = {}
    for file in sorted(folder.glob("*.xml")):
        root = ElementTree.parse(file).getroot()  # noqa: S314 - files of the kit
        name = root.findtext(f"{SPACE}modelName", "").strip()
        if name not in models:
            models[name] = _load(folder / name)
        for case in root.iter(f"{SPACE}testCase"):
            yield _run_case(f"{folder.name} {case.get('id')}", models[name], case)


def _load(path: Path) -> Model | MiaopiError:
    try:
        return dmn.load(path)
    except MiaopiError as error:
        return error


def _run_case(name: str, model: Model | MiaopiError, case: ElementTree.Element) -> Result:
    """A case passes when each of its results is the expected value, and null where an error is expected."""
    inputs: dict[str, object] = {}
    for node in case.iter(f"{SPACE}inputNode"):
        space = node.get("namespace")
        inputs[f"{{{space}}}{node.get('name')}" if space else str(node.get("name"))] = given(read_value(node))
    valued, silent, wrong = False, False, []
    for result in case.iter(f"{SPACE}resultNode"):
        expected = result.find(f"{SPACE}expected")
        wanted = None if expected is None else read_value(expected)
        valued |= wanted is not None
        found, errors = _found(model, case, str(result.get("name")), inputs)
        silent |= result.get("errorResult") == "true" and not errors
        if not is_same(found, wanted):
            wrong.append(f"{result.get('name')}: {show(found)} for {show(wanted)}; {'; '.join(errors)[:300]}")
    return Result(name, not wrong, valued, silent, " | ".join(wrong))


def _found(
    model: Model | MiaopiError, case: ElementTree.Element, name: str, inputs: Mapping[str, object]
) -> tuple[object, tuple[str, ...]]:
    if isinstance(model, MiaopiError):
        return "the model is refused", (model.text.en,)
    service = case.get("invocableName")
    asked = service if case.get("type") in ("decisionService", "bkm") and service else name
    try:
        found, errors = model.evaluate_traced(asked, inputs, now=NOW)
    except MiaopiError as error:
        return f"refused: {error.text.en}", ()
    except Exception as error:
        return f"raised {type(error).__name__}: {error}", ()
    if asked != name and isinstance(found, dict) and name in found:
        return found[name], errors
    return found, errors


def read_value(element: ElementTree.Element) -> object:
    """The content of an input, an expected result, an item or a component."""
    listed = element.find(f"{SPACE}list")
    if listed is not None:
        nothing = listed.get(NIL) == "true"
        return None if nothing else [read_value(item) for item in listed.findall(f"{SPACE}item")]
    components = element.findall(f"{SPACE}component")
    if components:
        return {str(one.get("name")): read_value(one) for one in components}
    value = element.find(f"{SPACE}value")
    if value is None or value.get(NIL) == "true":
        return None
    return Typed(value.text or "", (value.get(KIND) or "").rpartition(":")[2])


def given(value: object) -> object:
    """The value to hand in: temporal ones as their text, which the declared type of the input reads."""
    match value:
        case list():
            return [given(item) for item in value]
        case dict():
            return {name: given(entry) for name, entry in value.items()}
        case Typed(text, kind) if kind in NUMBERS:
            return Decimal(text)
        case Typed(text, "boolean"):
            return text.strip() == "true"
        case Typed(text, kind) if kind in TEMPORAL:
            return dmn.read_temporal(text) or text
        case Typed(text, ""):
            return _guess(text)
        case Typed(text):
            return text
        case _:
            return value


def _guess(text: str) -> object:
    try:
        return Decimal(text)
    except ArithmeticError:
        return {"true": True, "false": False}.get(text, text)


def is_same(found: object, wanted: object) -> bool:
    match wanted:
        case None:
            return found is None
        case list():
            return isinstance(found, list) and len(found) == len(wanted) and all(map(is_same, found, wanted))
        case dict():
            return (
                isinstance(found, dict)
                and found.keys() == wanted.keys()
                and all(is_same(found[name], entry) for name, entry in wanted.items())
            )
        case Typed(text):
            return _is_same_value(found, text, wanted.kind)
        case _:
            raise TypeError(wanted)


def _is_same_value(found: object, text: str, kind: str) -> bool:
    match found:
        case bool():
            return text.strip() == ("true" if found else "false")
        case Decimal():
            try:
                return abs(found - Decimal(text)) <= TOLERANCE
            except ArithmeticError:
                return False
        case str():
            return found == text and kind in ("string", "")
        case None | list() | dict():
            return False
        case _:
            return found == dmn.read_temporal(text) or str(found) == text


def show(value: object) -> str:
    match value:
        case Typed(text, kind):
            return f"{kind} {text}"
        case date() | datetime() | time() | timedelta():
            return f"{type(value).__name__} {value}"
        case list():
            return f"[{', '.join(map(show, value))}]"
        case dict():
            return f"{{{', '.join(f'{name}: {show(entry)}' for name, entry in value.items())}}}"
        case _:
            return repr(value)
