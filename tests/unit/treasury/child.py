"""A process of its own that runs the payments of a day: made to be killed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.unit.filing.child import start_django


@dataclass(frozen=True)
class Errand:
    """Which day it is, in which city, over which wire; the bank stands among the addresses."""

    now: Any
    city: Path
    city_settings: dict[str, object]
    agencies: str
    database: dict[str, Any]


def run(errand: Errand) -> None:
    """What a worker does that day, until nothing is left to pay."""
    start_django()
    from django.db import connection
    from django.test import override_settings

    from miaopi.apps.audit.api import system
    from miaopi.apps.treasury.api import pay_due, run_due
    from miaopi.config.city import load_city

    connection.settings_dict.update(errand.database)
    city = SimpleNamespace(folder=errand.city, settings=errand.city_settings, calendar=load_city().calendar)
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=errand.agencies, MIAOPI_BANK="http"):
        by = system("test.child")
        run_due(by=by, now=errand.now)
        while pay_due(by=by, now=errand.now):
            pass
