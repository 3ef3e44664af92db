"""What the city keeps in the home of an instance: which city it is, the secrets of its agencies, the addresses told to the platform."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from demo_city.agencies.shown import ACTS, HTTP, is_by_sql
from demo_city.kept.spec import TENANTS
from demo_city.population.registers import AGENCIES

HTTP_AGENCIES: Final = (*HTTP, "criminal", "authority", "bank")
DESKS: Final = ("civil-affairs",)  # which take acts over HTTP
ALL_AGENCIES: Final = (*AGENCIES, *TENANTS)  # those with a process of their own, then those that share one


@dataclass(frozen=True, slots=True)
class Mark:
    """Which city lives here. `digest` is over every register, so that two homes can be compared."""

    seed: int
    people: int
    on: date
    digest: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Premises:
    """The city's part of a home: `city/`, `city-server/`, `agencies/`, `agencies.json`, `personas.json`."""

    home: Path

    @property
    def server_data(self) -> Path:
        return self.home / "city-server"

    @property
    def addresses(self) -> Path:
        """For the platform: `{agency: {kind, url, token or password}}`, readable by its owner alone."""
        return self.home / "agencies.json"

    @property
    def personas(self) -> Path:
        return self.home / "personas.json"

    def find_mark(self) -> Mark | None:
        """The city of this home; `None` before one is finished."""
        try:
            kept = json.loads((self.home / "city" / "city.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Mark(**{**kept, "on": date.fromisoformat(kept["on"])})

    def set_mark(self, mark: Mark) -> None:
        """Written last: a city without it was never finished and is made again."""
        write_private(self.home / "city" / "city.json", {**asdict(mark), "on": mark.on.isoformat()})

    def secrets(self) -> Mapping[str, str]:
        """Passwords and tokens by name, drawn once: `<agency>.password` and `.token`, and the platform's own `.reader` and `.writer`."""
        path = self.home / "city" / "secrets.json"
        try:
            known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            names = [f"{agency}.{kind}" for agency in ALL_AGENCIES for kind in ("password", "token")]
            names += [f"{agency}.reader" for agency in ALL_AGENCIES if is_by_sql(agency)]
            names += [f"{agency}.writer" for agency in (*ACTS, *DESKS)]
            known = {name: secrets.token_urlsafe(24) for name in names}
            write_private(path, known)
        return known


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file in one step; nobody but its owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    beside.replace(path)
