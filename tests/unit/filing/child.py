"""A process of its own that confirms one case: made to be killed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True)
class Errand:
    """What the child is to confirm, as whom, in which city, over which wire."""

    number: str
    token: str
    by: Any
    now: Any
    city: Path
    city_settings: dict[str, object]
    agencies: str
    database: dict[str, Any]


def start_django() -> None:
    """Done once, in the process that the children are forked from: a child that starts quickly is killed quickly."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()


def run(errand: Errand) -> None:
    start_django()
    from django.db import connection
    from django.test import override_settings

    from miaopi.apps.filing.api import confirm
    from miaopi.config.city import load_city

    connection.settings_dict.update(errand.database)
    city = SimpleNamespace(folder=errand.city, settings=errand.city_settings, calendar=load_city().calendar)
    with override_settings(MIAOPI_CITY=city, MIAOPI_AGENCIES=errand.agencies):
        confirm(number=errand.number, entered={"purpose": "employment"}, token=errand.token, by=errand.by, now=errand.now)
