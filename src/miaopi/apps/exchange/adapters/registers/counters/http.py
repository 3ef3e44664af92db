"""Has an agency's HTTP service count, where it says that it does (`counts`): figures come back, and no row.

    POST {"resource", "key": COLUMN, "apart": COLUMN or null, "fields": {COLUMN: [allowed value, …]}}
    200 {"parties", "conflict", "fields": {COLUMN: {"known", "empty"}}}: parties with a row, those with more than one, and of the others
        those with a value – one of the allowed, where any are – and those whose value is empty
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import httpx

from miaopi.apps.exchange.adapters.answers import silence
from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.messages import read_object
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES
from miaopi.apps.exchange.adapters.registers.counters.tally import (
    MOST_PARTIES,
    MOST_SECONDS,
    Tally,
    find_party_column,
    list_counted,
    make_tally,
)
from miaopi.apps.exchange.adapters.relays.clients import make_client, read_body


class HttpCounter:
    """`address`: as the agency is asked. A connection for each count, since counts are rare."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency, self._address, self._token = agency, address, address["token"]

    def count(self, source: Source, *, now: datetime) -> Mapping[str, Tally]:
        del now  # a service is of this moment
        told, apart = list_counted(source), find_party_column(source)
        asked = {
            "resource": source.place.name, "key": source.place.key, "apart": None if apart == source.place.key else apart,
            "fields": {column.name: list(column.values) for column in told.values()},
        }  # fmt: skip
        said = self._ask(source.place.options["counts"], asked)
        return {name: self._tally(said, column) for name, column in told.items()}

    def _ask(self, path: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        until = time.monotonic() + MOST_SECONDS
        try:
            with (
                make_client(self._address, {"Authorization": f"Bearer {self._token}"}) as client,
                client.stream("POST", path, json=asked, timeout=MOST_SECONDS) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise silence(self._agency)
                return read_object(self._agency, read_body(response, self._agency, until=until, most=BAD_ANSWER_BYTES))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise silence(self._agency) from None  # its text holds the address

    def _tally(self, said: Mapping[str, object], column: Column) -> Tally:
        """Figures that cannot be true are none."""
        fields = said.get("fields")
        each = fields.get(column.name) if isinstance(fields, dict) else None
        told = each if isinstance(each, dict) else {}
        parties, conflict, known, empty = map(_whole, (said.get("parties"), said.get("conflict"), told.get("known"), told.get("empty")))
        if parties is None or conflict is None or known is None or empty is None or conflict + known + empty > parties:
            raise silence(self._agency)
        return make_tally(column, parties=parties, conflict=conflict, known=known, empty=empty)


def _whole(said: object) -> int | None:
    """`1E+999999999` is eleven signs, and a gigabyte once it is a whole number: its size is looked at first."""
    if not isinstance(said, Decimal) or not 0 <= said <= MOST_PARTIES or said != said.to_integral_value():
        return None
    return int(said)
