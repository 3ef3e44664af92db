"""`city`: the synthetic population as files, faults of agencies and time on demand."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import cyclopts

from demo_city.agencies.clock import Heard, setting_of
from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.shown import SQL
from demo_city.founding import DEFAULT_SEED, today, too_small
from demo_city.population.generate import DEFAULT_PEOPLE, FEWEST_PEOPLE, generate
from demo_city.population.registers import digest
from demo_city.premises import ALL_AGENCIES
from miaopi.cli.printing import emit
from miaopi.config import clock
from miaopi.instance.home import current_home
from miaopi.instance.locks import find_supervisor
from miaopi.kernel.errors import InputError, NotFound, UpstreamError
from miaopi.kernel.wording import Text

city_app = cyclopts.App(name="city", help="合成城市 / The synthetic city.")

FOLLOWED_WITHIN: Final = 15.0
RESET: Final = "reset"


@city_app.command(name="generate")
def generate_city(
    *,
    out: Path,
    people: int = DEFAULT_PEOPLE,
    companies: int = 0,
    seed: int = DEFAULT_SEED,
    on: date | None = None,
    json: bool = False,
) -> None:
    """Draw a population and write its registers as Parquet: same seed, people and day, same bytes.

    --out: the folder. --on: the day of the city (today by its clock).
    """
    if people < FEWEST_PEOPLE:
        raise too_small("--people")
    if companies:
        raise InputError(
            "--companies",
            Text(zh="商事主体的数量随人口而定。", en="how many companies there are follows from the people."),
            Text(zh="请去掉该选项。", en="Leave the option out."),
        )
    from demo_city.kept.tables import all_registers
    from demo_city.population.parquet import write_tables

    began, day = time.monotonic(), on or today()
    tables = all_registers(generate(people=people, seed=seed, day=day))
    files = write_tables(tables, _folder(out))
    result = {
        "synthetic": True,
        "seed": seed,
        "people": people,
        "companies": companies,
        "on": day.isoformat(),
        "counts": {f"{table.agency}.{table.name}": len(table.rows) for table in tables},
        "digest": digest(tables),
        "out": str(out),
        "files": [path.name for path in files],
        "seconds": round(time.monotonic() - began, 3),
    }
    emit(result, json, _render_counts)


def _folder(out: Path) -> Path:
    """The folder, made if missing. Raises InputError where it cannot be one."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise InputError(
            "--out", Text(zh="不能作为目录使用。", en="it cannot be used as a folder."), Text(zh="请换一个。", en="Choose another.")
        ) from None
    return out


def _render_counts(result: Mapping[str, Any]) -> str:
    counts = "\n".join(f"{name:<26} {count:>9}" for name, count in result["counts"].items())
    return f"{counts}\n{result['out']}  {result['seconds']} s  {result['digest'][:16]}…"


@city_app.command
def agency(name: str | None = None, *, mode: str | None = None, json: bool = False) -> None:
    """Show how the agency NAME behaves (or all of them), or make it behave otherwise.

    --mode: up, down (refuses), slow (answers too late), wrong (malformed, or of somebody else), conflict (two records that differ).
    """
    if name is None:
        if mode is not None:
            known = ", ".join(ALL_AGENCIES)
            raise InputError("NAME", Text(zh="缺少机构名。", en="which agency?"), Text(zh=f"请写明：{known}。", en=f"One of {known}."))
        emit({"agencies": [_state(each) for each in ALL_AGENCIES]}, json, _render_agencies)
        return
    if name not in ALL_AGENCIES:
        known = ", ".join(ALL_AGENCIES)
        raise NotFound(Text(zh=f"没有机构“{name}”，有：{known}。", en=f"There is no agency {name}; there are {known}."))
    if mode is not None:
        _turn(name, _read_mode(mode))
    emit(_state(name), json, lambda result: _render_agencies({"agencies": [result]}))


def _read_mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        known = ", ".join(Mode)
        raise InputError(
            "--mode", Text(zh="没有这种状态。", en="there is no such mode."), Text(zh=f"可用：{known}。", en=f"Choose one of {known}.")
        ) from None


def _turn(name: str, mode: Mode) -> None:
    """Returns when the agency behaves so, or, without an instance, will at its start. Raises UpstreamError when it does not follow."""
    home = current_home()
    switch = Switch(home.folder, name)
    switch.turn(mode)
    if find_supervisor(home) is not None and not switch.has_followed(mode, within=FOLLOWED_WITHIN):
        raise UpstreamError(name, Text(zh=f"机构“{name}”没有照办。", en=f"The agency {name} does not follow."))


def _state(name: str) -> dict[str, object]:
    home = current_home()
    switch = Switch(home.folder, name)
    is_running = find_supervisor(home) is not None
    return {"agency": name, "mode": switch.read(), "running": is_running, "followed": is_running and switch.followed() is switch.read()}


def _render_agencies(result: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{each['agency']:<12} {each['mode']:<9} {'运行中 / running' if each['running'] else '未运行 / not running'}"
        for each in result["agencies"]
    )


@city_app.command(name="clock")
def set_clock(setting: Annotated[str | None, cyclopts.Parameter(allow_leading_hyphen=True)] = None, *, json: bool = False) -> None:
    """Show the clock of the home, shift it (+P90D), hold it at an instant (2026-11-25T08:00:00+08:00), or set it right again (reset)."""
    if setting is not None:
        current_home().ready()
        if setting != RESET:
            _check(setting)
        clock.write_setting("" if setting == RESET else setting)
        _wait_for_time()
    held = os.environ.get("MIAOPI_CLOCK")
    path = current_home().folder / "clock"
    written = path.read_text(encoding="ascii").strip() if path.is_file() else ""
    now = clock.now()
    emit({"setting": held or written or None, "now": now.isoformat(), "from_environment": bool(held)}, json, _render_clock)


def _wait_for_time() -> None:
    """Returns when the agencies that have something to do about it go by the new time. Raises UpstreamError when one does not."""
    home = current_home()
    if find_supervisor(home) is None:
        return
    until, setting = time.monotonic() + FOLLOWED_WITHIN, setting_of(home.folder)
    for name in (*SQL, "death"):
        heard = Heard(home.folder, name)
        while heard.read() not in {setting, None}:  # none: it is starting, and will begin with it
            if time.monotonic() > until:
                raise UpstreamError(name, Text(zh=f"机构“{name}”没有跟上时钟。", en=f"The agency {name} does not go by the clock."))
            time.sleep(0.02)


def _check(setting: str) -> None:
    try:
        clock.read_setting(setting)
    except InputError:
        raise InputError(
            "clock",
            Text(zh="必须是时长（如 +P90D）、带时区的时刻，或 reset。", en="it is a span like +P90D, an instant with its zone, or reset."),
            Text(zh="请改正后重试。", en="Correct it and try again."),
        ) from None


def _render_clock(result: Mapping[str, Any]) -> str:
    told = f"{result['now']}  ({result['setting'] or '如实 / as it is'})"
    return f"{told}\n由环境变量 MIAOPI_CLOCK 决定 / set by MIAOPI_CLOCK in the environment" if result["from_environment"] else told
