"""A sealed juvenile record (刑事诉讼法 第二百八十六条) cannot be told from a clean one by anything the platform does (Show 3)."""

from __future__ import annotations

import json
import random
import re
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from miaopi.kernel.credential.base45 import decode_base45
from tests.journey.cities import City
from tests.journey.registers import account_of, clean_residents, record_of, register

NUMBER = re.compile(r"\d{8}-[A-Z]{9}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
RANDOM = re.compile(r"\b[0-9a-f]{32}\b")
SIGNATURE = re.compile(r"(— \S+/licence )[A-Za-z0-9+/=]+")
CREDENTIAL = re.compile(r"MP1:[0-9A-Z $%*+./:-]+")
MOMENTS, RANDOM_ID, PRIVATE, HOLDER = (4, 5, 6), 7, -70001, 3  # claims: RFC 8392 §4, and our own


def opened(found: re.Match[str]) -> str:
    """A credential as its parts, read by a library: moments, the random id and what is digested with it are hidden, lengths are not."""
    octets = decode_base45(found[0].removeprefix("MP1:"))
    assert octets is not None
    protected, unprotected, body, signature = cbor2.loads(zlib.decompress(octets) if octets[0] == 0x78 else octets).value
    claims = cbor2.loads(body)
    claims |= {name: "MOMENT" for name in MOMENTS if name in claims} | {RANDOM_ID: len(claims[RANDOM_ID])}
    claims[PRIVATE][HOLDER] = len(claims[PRIVATE][HOLDER])
    return repr((protected, unprotected, claims, len(signature)))


def masked(text: str) -> str:
    """The text with numbers of cases, moments, random ids and signatures hidden; nothing else is touched."""
    text = CREDENTIAL.sub(opened, text)
    for pattern, mask in ((NUMBER, "NUMBER"), (MOMENT, "MOMENT"), (RANDOM, "RANDOM"), (SIGNATURE, r"\1SIGNATURE")):
        text = pattern.sub(mask, text)
    return text


def observable(city: City, who: str) -> dict[str, str]:
    """All that can be seen of one application: its result, its certificate, its message, its entries, the logs' new lines."""
    logs = {path: path.stat().st_size for path in (city.home / "log").glob("*.log")}
    application = city.verb("apply", "no-criminal-record", "--as", who, "--set", "purpose=employment", "--yes")
    accesses: list[dict[str, Any]] = city.verb("ledger", "accesses", "--as", who)["accesses"]
    mine = [access for access in accesses if access["body"]["application"] == application["number"]]
    for place in mine:
        del place["seq"]
    del application["proof"], application["elapsed_ms"]
    return {
        "result": masked(json.dumps(application, ensure_ascii=False)),
        "entries": masked(json.dumps(mine, ensure_ascii=False)),
        "logs": masked("".join(new_lines(path, size) for path, size in sorted(logs.items()))),
    }


def new_lines(path: Path, size: int) -> str:
    with path.open(encoding="utf-8") as file:
        file.seek(size)
        return file.read()


def first_difference(one: dict[str, str], other: dict[str, str]) -> str:
    """Where two observations part, with a few characters around it; empty where they never do."""
    for name in sorted(one.keys() | other.keys()):
        left, right = one.get(name, ""), other.get(name, "")
        if left != right:
            at = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(len(left), len(right)))
            return f"{name} at {at}: …{left[max(0, at - 60) : at + 20]}… / …{right[max(0, at - 60) : at + 20]}…"
    return ""


@pytest.fixture
def resident(city: City) -> int:
    """The serial of a resident without any record."""
    [serial] = clean_residents(city.home, random.Random(11), 1, hukou_elsewhere=True)
    return serial


def judge(city: City, serial: int, *, age: int, months: int) -> None:
    """An effective judgment of a crime committed at that age, kept by the criminal record index alone."""
    number = account_of(city.home, serial)["id_number"]
    born = record_of(city.home, "population_basic", number)["birth_date"]
    crime_on = date(born.year + age, born.month, min(born.day, 28)) + timedelta(days=30)
    with register(city.home, "criminal") as index:
        index.execute(
            "INSERT INTO judgments (id_number, crime_on, sentence_months, effective, court_status, uploaded_on)"
            " VALUES (%s, %s, %s, true, 'convicted', %s)",
            [number, crime_on, months, crime_on + timedelta(days=200)],
        )


def test_sealed_and_clean_give_the_same_bytes(city: City, resident: int) -> None:
    who = f"p{resident:06d}"
    clean = observable(city, who)
    judge(city, resident, age=17, months=36)
    sealed = observable(city, who)
    assert '"outcome": "approve"' in sealed["result"]
    assert first_difference(clean, sealed) == ""
    planted = {**sealed, "result": sealed["result"].replace("无犯罪记录证明", "无犯罪 记录证明", 1)}
    assert first_difference(clean, planted), "the comparison would not find an extra space"


def test_an_unsealed_record_refers_and_is_never_refused(city: City, resident: int) -> None:
    who = f"p{resident:06d}"
    judge(city, resident, age=20, months=6)
    application = city.verb("apply", "no-criminal-record", "--as", who, "--set", "purpose=employment", "--yes")
    assert application["outcome"] == "refer"
    assert {reason["code"] for reason in application["reasons"]} <= {"NCR-03", "NCR-04"}
    assert application["licence"] is None
