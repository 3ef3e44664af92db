"""Facts written down and read back, value for value: the form in which they are sealed and digested."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, FactName, Known, Unknown, Value
from miaopi.kernel.ledger import canonical_json

Json = Any  # what json.loads gives


def _write_value(value: Value) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal():
            return {"number": str(value)}
        case datetime():
            return {"date and time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case timedelta():
            return {"microseconds": str(value // timedelta(microseconds=1))}
        case list() | tuple():
            return [_write_value(each) for each in value]
        case dict():
            return {"context": {key: _write_value(each) for key, each in value.items()}}
        case _:
            raise TypeError(f"{type(value).__name__} is no value of a fact")


def _read_value(written: Json) -> Value:
    match written:
        case {"number": text}:
            return Decimal(text)
        case {"date and time": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"microseconds": text}:
            return timedelta(microseconds=int(text))
        case {"context": entries}:
            return {key: _read_value(each) for key, each in entries.items()}
        case list():
            return [_read_value(each) for each in written]
        case _:
            return written


def _write_moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _write_fact(fact: Fact) -> Json:
    match fact:
        case Known(value, source, obtained_at):
            return {"known": _write_value(value), "source": source, "at": _write_moment(obtained_at)}
        case Absent(source, obtained_at):
            return {"absent": True, "source": source, "at": _write_moment(obtained_at)}
        case Unknown(doubt, source, since, exhausted):
            return {"unknown": doubt.value, "source": source, "since": _write_moment(since), "exhausted": exhausted}
        case Disputed(contested):
            return {"disputed": _write_fact(contested)}


def _read_known(written: Json) -> Known:
    return Known(_read_value(written["known"]), written["source"], _read_moment(written["at"]))


def _read_fact(written: Json) -> Fact:
    match written:
        case {"known": _}:
            return _read_known(written)
        case {"absent": True}:
            return Absent(written["source"], _read_moment(written["at"]))
        case {"disputed": contested}:
            return Disputed(_read_known(contested))
        case _:
            return Unknown(Doubt(written["unknown"]), written["source"], _read_moment(written["since"]), written["exhausted"])


def get_written(facts: Mapping[FactName, Fact]) -> dict[FactName, Json]:
    """The facts as JSON; `get_facts` reads them back equal."""
    return {name: _write_fact(fact) for name, fact in sorted(facts.items())}


def get_facts(written: Mapping[FactName, Json]) -> dict[FactName, Fact]:
    return {name: _read_fact(fact) for name, fact in written.items()}


def compute_digest(facts: Mapping[FactName, Fact], *, salt: bytes) -> str:
    """SHA-256 of salt and canonical facts, hex. Salted: an identity number alone is soon guessed."""
    return hashlib.sha256(salt + canonical_json(get_written(facts))).hexdigest()
