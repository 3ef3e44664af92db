"""A process of its own that completes one visit: made to be killed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.unit.filing.child import start_django


@dataclass(frozen=True)
class Errand:
    """Which visit, by which clerk, in which city, over which wire."""

    number: str
    by: Any
    now: Any
    city: Path
    database: dict[str, Any]


def run(errand: Errand) -> None:
    start_django()
    from django.db import connection
    from django.test import override_settings

    from miaopi.apps.appointment.api import complete_visit
    from miaopi.config.city import load_city

    connection.settings_dict.update(errand.database)
    known = load_city()
    city = SimpleNamespace(folder=errand.city, settings=known.settings, calendar=known.calendar, offices=known.offices)
    with override_settings(MIAOPI_CITY=city):
        complete_visit(number=errand.number, by=errand.by, now=errand.now)
