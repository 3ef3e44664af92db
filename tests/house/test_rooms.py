"""STYLE.md §3–5, §9, §10: models, actions, transactions, ports; DESIGN.md laws 1, 4 and 7."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from miaopi.config.street import ROOMS as STREET
from tests.house.source import (
    ROOMS,
    ROOT,
    calls,
    code_files,
    dotted,
    files_of_tests,
    functions,
    place,
    rooms,
    tree,
)

MODELS = [model for model in apps.get_models() if model.__module__.startswith("miaopi.apps.")]
CLOCKS = re.compile(r"\b(?:datetime|date|timezone|time)\.(?:now|today|utcnow|time|monotonic)\(")


def name_of(model: type[Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_field_has_a_privacy_class(model: type[Model]) -> None:
    privacy = model.__dict__.get("Privacy")
    assert privacy is not None, f"{name_of(model)} declares no Privacy"
    declared = [*getattr(privacy, "public", ()), *getattr(privacy, "personal", ()), *getattr(privacy, "secret", ())]
    assert sorted(declared) == sorted(field.name for field in model._meta.local_fields)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_keys_point_upstream(model: type[Model]) -> None:
    here = STREET.index(model._meta.app_label)
    for field in model._meta.local_fields:
        if field.related_model is not None:
            there = field.related_model._meta.app_label
            assert there in STREET and STREET.index(there) <= here, f"{name_of(model)}.{field.name} → {there}"


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_no_column_takes_its_time_from_the_database(model: type[Model]) -> None:
    for field in model._meta.local_fields:
        assert not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False)
        assert "Now()" not in repr(getattr(field, "db_default", ""))


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_act_is_the_only_way_into_a_transaction(path: Path) -> None:
    if "audit" in path.parts and "apps" in path.parts:
        return
    source = path.read_text(encoding="utf-8")
    for word in ("transaction.atomic", "set_autocommit", "on_commit(", ".savepoint(", "import transaction"):
        assert word not in source or "demo_city" in path.parts, f"{place(path)} uses {word}"


def rooms_files(*stems: str) -> list[Path]:
    return [path for path in code_files() if ROOMS in path.parents and set(stems) & {part.removesuffix(".py") for part in path.parts}]


@pytest.mark.parametrize("path", rooms_files("actions", "queries"), ids=place)
def test_actions_and_queries_call_no_clock(path: Path) -> None:
    assert not CLOCKS.search(path.read_text(encoding="utf-8"))


def handed_on(path: Path) -> list[ast.FunctionDef]:
    """The functions of this file that the room's door hands on."""
    door = ROOMS / path.relative_to(ROOMS).parts[0] / "api.py"
    names = {alias.asname or alias.name for node in ast.walk(tree(door)) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef) and node.name in names]


@pytest.mark.parametrize("path", [path for path in rooms_files("actions") if "audit" not in path.parts], ids=place)
def test_an_action_says_who_and_when_by_name(path: Path) -> None:
    for node in handed_on(path):
        if not any(isinstance(decorator, ast.Name) and decorator.id == "contextmanager" for decorator in node.decorator_list):
            assert not node.args.args and not node.args.posonlyargs, f"{place(path)}: {node.name} takes positional arguments"
            assert {"by", "now"} <= {argument.arg for argument in node.args.kwonlyargs}, f"{place(path)}: {node.name}"
            assert not node.name.startswith("update_"), f"{node.name}: say what changed"


@pytest.mark.parametrize("path", rooms_files("queries"), ids=place)
def test_a_query_is_named_by_what_it_gives(path: Path) -> None:
    verbs = ("get_", "find_", "lock_", "list_", "count_", "is_", "has_", "require_", "read_", "next_", "pseudonym", "seal",
             "unseal", "authorise", "check_", "prove", "verify_", "compute_", "public_key", "draw_", "make_pdf")
    for node in handed_on(path):
        assert node.name.startswith(verbs), f"{place(path)}: {node.name}"


@pytest.mark.parametrize("room", [room for room in rooms() if (ROOMS / room / "adapters" / "port.py").is_file()])
def test_a_port_has_a_fake_and_one_contract_test(room: str) -> None:
    assert (ROOMS / room / "adapters" / "fake.py").is_file()
    ports = [node.name for node in tree(ROOMS / room / "adapters" / "port.py").body if isinstance(node, ast.ClassDef)]
    assert ports
    texts = [path.read_text(encoding="utf-8") for path in files_of_tests()]
    mentions = [text for text in texts if f"apps.{room}.adapters" in text and ("parametrize" in text or "params=" in text)]
    assert mentions, f"no test holds the fake and the real adapters of {room} to one behaviour"


@pytest.mark.parametrize("path", files_of_tests(), ids=place)
def test_tests_patch_nothing_of_ours(path: Path) -> None:
    if path.parent == ROOT / "tests" / "house":
        return
    for call in calls(tree(path)):
        assert dotted(call.func) not in {"mock.patch", "patch", "monkeypatch.setattr", "mocker.patch"}, f"{place(path)}:{call.lineno}"


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_no_rule_is_silenced_without_its_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for mark in ("noqa", "type: ignore", "pragma:", "nosec"):
            if (at := line.find(f"# {mark}")) >= 0:
                reason = re.sub(r"[\w\-\[\]:, ]*?(?:\]|\d)\s*", "", line[at + 2 :].removeprefix(mark), count=1)
                assert re.search(r"[A-Za-z一-鿿]{3}", reason), f"{place(path)}:{number} silences a rule without a reason"
        if re.search(r"except\s+(?:Base)?Exception\b", line):
            assert "#" in line, f"{place(path)}:{number} catches everything without a reason"


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_an_error_is_made_where_it_is_raised(path: Path) -> None:
    """One made once for all keeps the frames of every raise, and with them what stood in their variables (STYLE.md §7)."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            name = dotted(node.value.func)
            assert not name.endswith(("Error", "NotFound")), f"{place(path)}:{node.lineno} makes a {name} when it is imported"


def test_functions_are_found() -> None:
    assert sum(len(functions(tree(path))) for path in code_files()) > 100
