"""`MIAOPI_*` is validated at start: the error names the variable and never shows its value."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from miaopi.config import environment
from miaopi.config.city import load_city
from miaopi.kernel.errors import DefinitionError, InputError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("MIAOPI_DATABASE_URL", "mysql://somebody:secret@host/db", environment.database),
        ("MIAOPI_DATABASE_URL", "postgresql://somebody:secret@host", environment.database),
        ("MIAOPI_CITY", "../secret", environment.city_folder),
        ("MIAOPI_CITY", "secret", environment.city_folder),
        ("MIAOPI_GATEWAY", "secret", lambda: environment.gateway(Path("home"))),
        ("MIAOPI_GATEWAY", "spool:", lambda: environment.gateway(Path("home"))),
    ],
)
def test_a_wrong_variable_is_named_and_not_shown(
    name: str, value: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as refused:
        read()
    assert refused.value.field == name
    assert "secret" not in f"{refused.value} {refused.value.text}"


def test_an_address_is_read_in_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_DATABASE_URL", "postgresql://a%40b:p%2Fw@db.example:6432/city?sslmode=verify-full")
    read = environment.database()
    assert {name: read[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "city", "USER": "a@b", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "6432",
    }  # fmt: skip
    assert read["OPTIONS"] == {"connect_timeout": 5, "sslmode": "verify-full"}


def test_a_socket_is_an_address_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_DATABASE_URL", "postgresql://miaopi_app@/miaopi?host=%2Fa%20folder%2Fsockets")
    assert environment.database()["HOST"] == "/a folder/sockets"


def test_messages_go_to_a_file_of_the_home_unless_a_gateway_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIAOPI_GATEWAY", raising=False)
    assert environment.gateway(Path("home")) == ("spool", "home/spool/messages.jsonl")
    monkeypatch.setenv("MIAOPI_GATEWAY", "http://127.0.0.1:9000/")
    assert environment.gateway(Path("home")) == ("http", "http://127.0.0.1:9000/")


GOOD = """
name: {zh: 某市, en: Some City}
help: {zh: 拨打, en: Call}
hotline: "12345"
regions: ["440300"]
"""


def written_city(folder: Path, content: str) -> Path:
    """A city with the calendar and the offices of the demo town, and `content` as its city.yaml."""
    for name in ("calendar.yaml", "offices.yaml"):
        shutil.copy(ROOT / "cities" / "demo" / name, folder)
    (folder / "city.yaml").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace("hotline", "phone"), "hotline"),
        (GOOD.replace('"440300"', "4403"), "six-digit"),
        (GOOD.replace('["440300"]', "[]"), "six-digit"),
        ("name: [", "no YAML"),
    ],
)
def test_a_city_that_lacks_something_is_told_where(content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        load_city(written_city(tmp_path, content))
    assert said in str(refused.value)
    assert "city.yaml" in str(refused.value)


def test_rules_read_the_regions_of_the_city(tmp_path: Path) -> None:
    assert load_city(written_city(tmp_path, GOOD)).settings["city.regions"] == ["440300"]
