"""Reads the tables that say which agency keeps what about whom, and how each column is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from demo_city.population.tables import read_table

TYPES: Final[Mapping[str, str]] = {
    "text": "text", "day": "date", "whole": "integer", "money": "numeric(16,2)", "truth": "boolean", "moment": "timestamptz",
}  # fmt: skip
SURPLUS: Final = ("entered_on", "entered_by")  # what every agency keeps of its own work and shows nobody

TENANTS: Final[Mapping[str, str]] = {row["agency"]: row["by"] for row in read_table("tenants")}
"""The agencies that one computing centre runs, each with a role, schemas and a token of its own: agency → sql or http."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `how` is a verb of `drawing` and `what` its words; `often`: the share of rows in which it is not empty."""

    name: str
    type: str
    often: float
    how: str
    what: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand in it, where these are few and known."""
        match self.how:
            case "one_of":
                return tuple(each.rpartition(" ")[0] for each in self.what.split("|"))
            case "state" | "filled":
                return tuple(self.what.partition(" ")[2].split("|"))
        return ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource: rows about the subjects `of` a kind that pass `where`, found by the number in the column `key`.

    `share`: of how many of those; `times`: how many rows of each, at least and at most; `apart`: the column by which several rows of
    one person are told apart, where there is one.
    """

    resource: str
    agency: str
    key: str
    apart: str
    of: str
    where: str
    share: float
    times: tuple[int, int]
    columns: tuple[Column, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        return (self.key, *(column.name for column in self.columns))

    @property
    def types(self) -> Mapping[str, str]:
        return {self.key: "text"} | {column.name: column.type for column in self.columns}


@cache
def all_kept() -> Mapping[str, Kept]:
    """Every resource that is kept by table, by name."""
    columns = {
        name: tuple(Column(row["column"], row["type"], float(row["often"] or 1), row["how"], row["what"]) for row in rows)
        for name, rows in groupby(read_table("columns"), key=lambda row: row["resource"])
    }
    return {
        row["resource"]: Kept(
            row["resource"], row["agency"], row["key"], row["apart"], row["of"], row["where"], float(row["share"]),
            _times(row["times"]), columns[row["resource"]],
        )
        for row in read_table("kept")
    }  # fmt: skip


def kept_by(agency: str) -> Sequence[Kept]:
    return [kept for kept in all_kept().values() if kept.agency == agency]


def statements(agency: str, *, schema: str) -> str:
    """SQL that makes the tables of an agency in a schema of its database; each is found by its key."""
    made = []
    for kept in kept_by(agency):
        table = f'"{schema}"."{kept.resource}"'
        columns = [f'"{name}" {TYPES[type]}' for name, type in kept.types.items()]
        made.append(f'CREATE TABLE {table} ({", ".join(columns)}, entered_on date NOT NULL, entered_by text NOT NULL);')
        made.append(f'CREATE INDEX ON {table} ("{kept.key}");')
    return "\n".join(made)


def _times(text: str) -> tuple[int, int]:
    least, _, most = text.partition("..")
    return int(least), int(most or least)
