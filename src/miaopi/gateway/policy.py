"""What an agency lets out, read from its own file: which columns, tested or shown, for which uses, at which hours, how often a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Final

from miaopi.definitions.positions import Placed, misplaced, parse_yaml, plain, read_entries
from miaopi.gateway.messages import NAME, Question
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen

ANY: Final = "any"
VIEW: Final = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")
AGENCY: Final = re.compile(r"[a-z][a-z0-9_-]*")
KEY: Final = re.compile(r"[0-9a-f]{64}")
LISTEN: Final = re.compile(r"([0-9a-zA-Z.:\[\]-]+):(\d{1,5})")
HOURS: Final = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


@frozen
class Shared:
    """One view that the platform may ask about. `shows` may leave, `tests` are compared and never leave; `uses`: purposes by service,
    `None` for any purpose. `closes`: `None` for all hours; `daily`: answers a day, `None` for no limit of ours."""

    view: str
    key: str
    shows: frozenset[str]
    tests: frozenset[str]
    uses: Mapping[str, frozenset[str] | None]
    opens: time = time.min
    closes: time | None = None
    daily: int | None = None


@frozen
class Policy:
    """One agency's gateway: where it listens, whose questions it answers, and what it shares. The files are named, not read."""

    agency: str
    host: str
    port: int
    platform: bytes
    seed: Path
    database: Path
    log: Path
    resources: Mapping[str, Shared]
    certificate: Path | None = None
    certificate_key: Path | None = None

    def find_refusal(self, question: Question, now: datetime) -> str | None:
        """The word for why the agency does not answer this, its daily number apart; `None` if it does. Default deny."""
        shared = self.resources.get(question.resource)
        if shared is None:
            return "resource"
        purposes = shared.uses.get(question.service, frozenset())
        if purposes is not None and question.purpose not in purposes:
            return "use"
        if not shared.shows.issuperset(question.fields) or not (shared.shows | shared.tests).issuperset(question.tested):
            return "field"
        if shared.closes is not None and not shared.opens <= now.astimezone(LEGAL_ZONE).time() < shared.closes:
            return "hours"
        return None


def read_policy(path: Path) -> Policy:
    """Raises DefinitionError with file:line for anything that is missing, surplus or malformed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(path.name, f"cannot be read ({type(error).__name__})") from None
    needed = "agency listen platform seed database log resources"
    top = read_entries(parse_yaml(text, path.name), "the file", needed, "certificate certificate_key")
    listen = LISTEN.fullmatch(_text(top["listen"], "listen"))
    if listen is None:
        raise misplaced(top["listen"], "listen", "is HOST:PORT")
    platform = _text(top["platform"], "platform")
    if not KEY.fullmatch(platform):
        raise misplaced(top["platform"], "platform", "is the public key of the platform: 64 signs of 0-9 and a-f")
    if ("certificate" in top) != ("certificate_key" in top):
        raise misplaced(top["listen"], "certificate", "stands together with certificate_key, or neither does")
    named = ("seed", "database", "log", "certificate", "certificate_key")
    files = {name: path.parent / _text(top[name], name) for name in named if name in top}
    if not isinstance(top["resources"].value, Mapping) or not top["resources"].value:
        raise misplaced(top["resources"], "resources", "names at least one")
    return Policy(
        agency=_fitting(top["agency"], "agency", AGENCY), host=listen[1], port=int(listen[2]), platform=bytes.fromhex(platform),
        seed=files["seed"], database=files["database"], log=files["log"],
        resources={_named(name, placed): _shared(name, placed) for name, placed in top["resources"].value.items()},
        certificate=files.get("certificate"), certificate_key=files.get("certificate_key"),
    )  # fmt: skip


def _shared(name: str, placed: Placed) -> Shared:
    node = read_entries(placed, name, "view key shows uses", "tests hours daily")
    opens, closes = _hours(node["hours"]) if "hours" in node else (time.min, None)
    daily = plain(node["daily"]) if "daily" in node else None
    if daily is not None and (not isinstance(daily, int) or isinstance(daily, bool) or daily < 1):
        raise misplaced(node["daily"], "daily", "is a whole number from 1")
    if not isinstance(node["uses"].value, Mapping) or not node["uses"].value:
        raise misplaced(node["uses"], "uses", "names at least one service, with its purposes or “any”")
    key = _fitting(node["key"], "key", NAME)
    shows = _names(node["shows"], "shows")
    if key in shows:
        raise misplaced(node["shows"], "shows", "does not hold the key: the number comes with the question and never goes back")
    return Shared(
        view=_fitting(node["view"], "view", VIEW), key=key, shows=shows,
        tests=_names(node["tests"], "tests") if "tests" in node else frozenset(),
        uses={service: _purposes(service, purposes) for service, purposes in node["uses"].value.items()},
        opens=opens, closes=closes, daily=daily,
    )  # fmt: skip


def _purposes(service: str, placed: Placed) -> frozenset[str] | None:
    if placed.value == ANY:
        return None
    found = plain(placed)
    if not isinstance(found, list) or not found or not all(isinstance(each, str) for each in found):
        raise misplaced(placed, service, "lists purposes, or is “any”")
    return frozenset(map(str, found))


def _hours(placed: Placed) -> tuple[time, time]:
    found = HOURS.fullmatch(_text(placed, "hours"))
    try:
        opens, closes = (time.fromisoformat(found[1]), time.fromisoformat(found[2])) if found else (time.max, time.min)
    except ValueError:
        opens, closes = time.max, time.min
    if opens >= closes:
        raise misplaced(placed, "hours", "is HH:MM-HH:MM, the earlier first")
    return opens, closes


def _names(placed: Placed, at: str) -> frozenset[str]:
    found = plain(placed)
    if not isinstance(found, list) or not all(isinstance(each, str) and NAME.fullmatch(each) for each in found):
        raise misplaced(placed, at, "lists names of columns")
    return frozenset(map(str, found))


def _named(name: str, placed: Placed) -> str:
    if not NAME.fullmatch(name):
        raise misplaced(placed, name, f"is no name ({NAME.pattern})")
    return name


def _fitting(placed: Placed, at: str, form: re.Pattern[str]) -> str:
    text = _text(placed, at)
    if not form.fullmatch(text):
        raise misplaced(placed, at, f"does not fit {form.pattern}")
    return text


def _text(placed: Placed, at: str) -> str:
    if not isinstance(placed.value, str) or not placed.value:
        raise misplaced(placed, at, "is a text")
    return placed.value
