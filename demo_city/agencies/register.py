"""An agency that shows its database itself: no service, but views that a role of the platform may read, and acts that another may call.

This process follows the agency's switch by changing what those roles see: no session at all, views and acts that sleep, that are
malformed, or views that hold two records of everybody. Sessions opened under another mode end with it, for they may have planned the
old views. It also tells its database the time of the city, which a database cannot know.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from demo_city.agencies.clock import Heard, read_setting, setting_of
from demo_city.agencies.modes import SLOW_SECONDS, Mode
from demo_city.agencies.shown import ACTS, kept_schema, reader_of, shown_by, shown_schema, writer_of
from demo_city.kept.spec import Kept, all_kept

# What a second record says instead, by column; every other column of a text has a mark appended.
OTHERWISE: Final[Mapping[str, str]] = {
    "id_number": "id_number",
    "house_code": "house_code",  # the same house, told otherwise
    "sex": "CASE sex WHEN '男' THEN '女' ELSE '男' END",
    "birth_date": "birth_date - 365",
    "life_status": "CASE life_status WHEN '正常' THEN '死亡' ELSE '正常' END",
    "identity_count": "identity_count + 1",
    "identities_consistent": "NOT identities_consistent",
    "hukou_region_code": "'999999'",
    "open_case": "NOT open_case",
    "share": "share + 1",
    "capacity": "capacity + 1",
    **{name: f"{name} - 365" for name in ("valid_to", "registered_on", "moved_out_on", "approved_on", "enrolled_on")},
}
# Who may enter is one row of a database, and two who change it at once are refused: those of this process wait for each other.
DOOR: Final = threading.Lock()
BY_TYPE: Final = {
    "text": "{} || '（另一记录）'", "day": "{} - 365", "whole": "{} + 1", "money": "{} + 1", "truth": "NOT {}",
    "moment": "{} - interval '1 day'",
}  # fmt: skip


class Register:
    """Carries out the modes in the database that `address` names, as its owner."""

    def __init__(self, agency: str, address: str, home: Path) -> None:
        self._agency, self._address, self._home = agency, address, home
        self._told: str | None = None
        self._heard = Heard(home, agency)
        self._roles = [reader_of(agency), *([writer_of(agency)] if agency in ACTS else [])]

    def obey(self, mode: Mode) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=5) as register:
            self._close(register)
            if mode is Mode.DOWN:
                return
            with register.transaction():
                for name, columns in shown_by(self._agency).items():
                    view, kept = (sql.Identifier(schema(self._agency), name) for schema in (shown_schema, kept_schema))
                    register.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
                    register.execute(sql.SQL("CREATE VIEW {} AS {}").format(view, _shown(name, kept, columns, mode)))
                    register.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(view, sql.Identifier(reader_of(self._agency))))
                if self._agency in ACTS:
                    self._show_act(register, mode)
            self._turn(register, "GRANT CONNECT ON DATABASE {} TO {}")

    def tell_time(self) -> None:
        """Let the database know how the clock of the city goes, when that has changed."""
        if (setting := setting_of(self._home)) == self._told:
            return
        try:
            with psycopg.connect(self._address, autocommit=True, connect_timeout=5) as register:
                register.execute("UPDATE kept.clock SET held = %s, shift = %s", read_setting(setting))
        except psycopg.Error as error:  # tried again in the next round
            print(f"the database does not learn the time: {type(error).__name__}", file=sys.stderr)
        else:
            self._told = setting
            self._heard.note(setting)

    def _close(self, register: psycopg.Connection[Any]) -> None:
        """Let nobody in, then end who is inside: the other way round somebody could slip in between."""
        self._turn(register, "REVOKE CONNECT ON DATABASE {} FROM {}")
        register.execute("SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = ANY(%s)", [self._roles])

    def _turn(self, register: psycopg.Connection[Any], statement: LiteralString) -> None:
        roles = sql.SQL(", ").join(map(sql.Identifier, self._roles))
        with DOOR:
            register.execute(sql.SQL(statement).format(sql.Identifier(register.info.dbname), roles))

    def _show_act(self, register: psycopg.Connection[Any], mode: Mode) -> None:
        """The act as the platform may call it. Wrong: it is carried out, and its answer cannot be read."""
        act, writer = sql.Identifier("public", ACTS[self._agency]), sql.Identifier(writer_of(self._agency))
        answered = "''::text, a.at" if mode is Mode.WRONG else "a.reference, a.at"
        pause = f"SELECT pg_catalog.pg_sleep({SLOW_SECONDS}); " if mode is Mode.SLOW else ""
        register.execute(sql.SQL("DROP FUNCTION IF EXISTS {} (text, text, jsonb, text)").format(act))
        register.execute(
            sql.SQL(
                "CREATE FUNCTION {} (text, text, jsonb, text) RETURNS TABLE (reference text, at timestamptz)"
                " LANGUAGE sql SECURITY DEFINER SET search_path = '' AS {}"
            ).format(act, sql.Literal(f"{pause}SELECT {answered} FROM kept.{ACTS[self._agency]}($1, $2, $3, $4) a"))
        )
        register.execute(sql.SQL("REVOKE ALL ON FUNCTION {} (text, text, jsonb, text) FROM PUBLIC").format(act))
        register.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} (text, text, jsonb, text) TO {}").format(act, writer))


def _shown(view: str, kept: sql.Identifier, columns: tuple[str, ...], mode: Mode) -> sql.Composable:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    plain = sql.SQL("SELECT {} FROM {}").format(names, kept)
    match mode:
        case Mode.SLOW:
            return sql.SQL("WITH pause AS MATERIALIZED (SELECT pg_sleep({})) SELECT {} FROM {}, pause").format(
                sql.Literal(SLOW_SECONDS), names, kept
            )
        case Mode.WRONG:  # a control character where every value should be: neither text nor day nor number
            keys = {"id_number", *(kept.key for kept in (all_kept().get(view),) if kept)}
            spoilt = [sql.SQL("{} AS {}").format(_spoilt(name, keys), sql.Identifier(name)) for name in columns]
            return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(spoilt), kept)
        case Mode.CONFLICT:
            tabled = all_kept().get(view)
            others = [_said_otherwise(name) if tabled is None else _otherwise(tabled, name) for name in columns]
            return sql.SQL("{} UNION ALL SELECT {} FROM {}").format(plain, sql.SQL(", ").join(others), kept)
    return plain


def _spoilt(name: str, keys: Collection[str]) -> sql.Composable:
    return sql.Identifier(name) if name in keys else sql.SQL("chr(7)")


def _said_otherwise(name: str) -> sql.Composable:
    return sql.SQL(OTHERWISE.get(name, f"{name} || '（另一记录）'"))  # names are ours, above


def _otherwise(kept: Kept, name: str) -> sql.Composable:
    """Of a table: whom it is about and which of her rows it is stay, all else is said otherwise by its type."""
    column = sql.Identifier(name)
    words = next((each.words for each in kept.columns if each.name == name and each.type == "text"), ())
    if name in {kept.key, kept.apart}:
        return column
    if len(words) > 1:
        return sql.SQL("CASE {} WHEN {} THEN {} ELSE {} END").format(column, *map(sql.Literal, (words[0], words[1], words[0])))
    return sql.SQL(BY_TYPE[kept.types[name]]).format(column)
