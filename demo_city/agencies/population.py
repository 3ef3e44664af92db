"""Population register (人口): no service of its own, but views of its database that a role of the platform may read.

This process follows the agency's switch by changing what that role sees: no session at all, views that sleep, that are malformed,
or that hold two records of everybody. Sessions opened under another mode end with it, for they may have planned the old views.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg import sql

from demo_city.agencies.modes import SLOW_SECONDS, Mode

READER: Final = "exchange_reader"
VIEWS: Final[Mapping[str, tuple[str, ...]]] = {
    "population_basic": (
        "id_number", "name", "sex", "ethnicity", "birth_date", "former_name", "life_status", "identity_count",
        "identities_consistent",
    ),
    "household_registration": (
        "id_number", "hukou_region_code", "police_station", "hukou_address", "household_type", "status",
    ),
    "identity_card": ("id_number", "valid_to", "card_status"),
}
# What a second record says instead, by column; every other column of a text has a mark appended.
OTHERWISE: Final[Mapping[str, str]] = {
    "id_number": "id_number",
    "sex": "CASE sex WHEN '男' THEN '女' ELSE '男' END",
    "birth_date": "birth_date - 365",
    "life_status": "CASE life_status WHEN '正常' THEN '死亡' ELSE '正常' END",
    "identity_count": "identity_count + 1",
    "identities_consistent": "NOT identities_consistent",
    "hukou_region_code": "'999999'",
    "valid_to": "valid_to - 365",
}


class Population:
    """Carries out the modes in the database that `address` names, as its owner."""

    def __init__(self, address: str, database: str) -> None:
        self._address = address
        self._database = database

    def obey(self, mode: Mode) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=5) as register:
            self._close(register)
            if mode is Mode.DOWN:
                return
            with register.transaction():
                for view, columns in VIEWS.items():
                    register.execute(sql.SQL("DROP VIEW IF EXISTS public.{}").format(sql.Identifier(view)))
                    register.execute(sql.SQL("CREATE VIEW public.{} AS {}").format(sql.Identifier(view), _shown(view, columns, mode)))
                    register.execute(
                        sql.SQL("GRANT SELECT ON public.{} TO {}").format(sql.Identifier(view), sql.Identifier(READER))
                    )
                register.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(self._database), sql.Identifier(READER))
                )

    def _close(self, register: psycopg.Connection[Any]) -> None:
        """Let nobody in, then end who is inside: the other way round somebody could slip in between."""
        register.execute(
            sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(sql.Identifier(self._database), sql.Identifier(READER))
        )
        register.execute("SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = %s", [READER])


def _shown(view: str, columns: tuple[str, ...], mode: Mode) -> sql.Composable:
    kept = sql.Identifier("kept", view)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    plain = sql.SQL("SELECT {} FROM {}").format(names, kept)
    match mode:
        case Mode.SLOW:
            return sql.SQL("WITH pause AS MATERIALIZED (SELECT pg_sleep({})) SELECT {} FROM {}, pause").format(
                sql.Literal(SLOW_SECONDS), names, kept
            )
        case Mode.WRONG:  # a control character where every value should be: neither text nor day nor number
            spoilt = [sql.SQL("{} AS {}").format(_spoilt(name), sql.Identifier(name)) for name in columns]
            return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(spoilt), kept)
        case Mode.CONFLICT:
            others = [sql.SQL(OTHERWISE.get(name, f"{name} || '（另一记录）'")) for name in columns]  # names are ours, above
            return sql.SQL("{} UNION ALL SELECT {} FROM {}").format(plain, sql.SQL(", ").join(others), kept)
    return plain


def _spoilt(name: str) -> sql.Composable:
    return sql.Identifier(name) if name == "id_number" else sql.SQL("chr(7)")
