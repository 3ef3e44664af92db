"""`demo`: the whole house on one machine, with one real application. `supervise`: owns the processes of such a home."""

from __future__ import annotations

import gc
import json as codec
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Annotated, Any, Final

import cyclopts
from rich.console import Group
from rich.markup import escape

from demo_city.databases import city_server
from demo_city.founding import agencies, choose_city, found_city, tell_the_platform
from demo_city.premises import Premises
from demo_city.staff import POSTS, describe_staff, issue_tokens
from miaopi.cli.journey import render as render_application
from miaopi.cli.journey import travel
from miaopi.cli.printing import emit, tell
from miaopi.config import clock
from miaopi.config.logs import log_to_stderr
from miaopi.instance import Instance, attach, platform, wait_until_gone
from miaopi.instance.home import current_home
from miaopi.instance.locks import AlreadySupervised, find_supervisor
from miaopi.instance.platform import Beside

demo_app = cyclopts.App(name="demo", help="演示：一座合成城市和一次真实办理 / A synthetic city and one real application.")
supervise_app = cyclopts.App(name="supervise", help="看管一个实例 / Own the processes of an instance.")

SERVICE: Final = "no-criminal-record"
WHO: Final = "worker"


@demo_app.default
def demo(
    *,
    people: Annotated[int | None, cyclopts.Parameter(help="how many live in the city; 10000 if left out")] = None,
    port: Annotated[int | None, cyclopts.Parameter(help="where the pages are; 8000, or 0 for any that is free")] = None,
    seed: Annotated[int | None, cyclopts.Parameter(help="which city; 1 if left out")] = None,
    city: Annotated[str | None, cyclopts.Parameter(help="a folder of cities/")] = None,
    once: Annotated[bool, cyclopts.Parameter(help="end after the application; the home stays, and so does what runs on it")] = False,
    json: Annotated[bool, cyclopts.Parameter(help="one document, with the API tokens")] = False,
) -> int:
    """Start everything, let one person found by query apply, say what happened, then serve until stopped."""
    if city is not None:
        os.environ["MIAOPI_CITY"] = city
    home = current_home().ready()
    chosen_seed, chosen_people = choose_city(Premises(home.folder), seed=seed, people=people)
    arguments = ["--seed", str(chosen_seed), "--people", str(chosen_people), *(["--port", str(port)] if port is not None else [])]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)  # a shell that starts us in the background has SIGINT ignored
    was_up = find_supervisor(home) is not None
    try:
        with attach(arguments=arguments, report=_tell_progress) as instance:
            tell("· 办理一件真实的事 / one real application")
            emit(_what_happened(instance), json, _render)
            sys.stdout.flush()
            if not once:
                tell("· 停止请按 Ctrl-C / Ctrl-C stops it")
                return _serve(instance)
    except KeyboardInterrupt:
        tell("· 正在停止 / stopping")
    if not was_up:  # the instance of another demo goes on without us
        wait_until_gone(home)
    return 0


@supervise_app.default
def supervise(*, port: int | None = None, hold: bool = False, seed: int | None = None, people: int | None = None) -> int:
    """Own the platform, the city's server and the agencies of `MIAOPI_HOME`; founds the city on the first start."""
    log_to_stderr(logging.INFO)
    premises = Premises(current_home().ready().folder)
    chosen_seed, chosen_people = choose_city(premises, seed=seed, people=people)
    server = city_server(premises.server_data)

    def prepare() -> None:
        found_city(premises, server, seed=chosen_seed, people=chosen_people)
        tell_the_platform(chosen_seed, clock.now())
        gc.freeze()
        gc.enable()

    beside = Beside([server], prepare, lambda environment: agencies(premises, server, environment))
    try:
        return platform.supervise(port=port, hold=hold, beside=beside)
    except AlreadySupervised:
        return 0


def _what_happened(instance: Instance) -> dict[str, Any]:
    """The document of `demo --json` (DESIGN.md §7.1)."""
    premises = Premises(instance.home.folder)
    mark = premises.find_mark()
    personas = codec.loads(premises.personas.read_text(encoding="utf-8"))
    told = clock.now()
    application = travel(instance.home, SERVICE, person=WHO, entered={})
    tokens = issue_tokens(premises, list(personas), list(POSTS), told)
    return {
        "home": str(instance.home.folder),
        "base_url": instance.base_url,
        "synthetic": True,
        "city": None if mark is None else {"seed": mark.seed, "people": mark.people, "on": mark.on.isoformat(), "digest": mark.digest},
        "personas": [{**persona, "api_token": tokens[code]} for code, persona in personas.items()],
        "staff": [] if mark is None else describe_staff(mark.seed, tokens),
        "application": application,
    }


def _serve(instance: Instance) -> int:
    """Until Ctrl-C or SIGTERM; 1 when the instance ends by itself, told on standard error: the one document is printed already."""
    while instance.is_alive():
        time.sleep(0.2)
    log = instance.home.logs / "supervisor.log"
    tell(f"实例自己停了，日志在 {log} / the instance ended by itself; its log is {log}")
    return 1


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell_progress(line: str) -> None:
    """A line of the supervisor's log without its time, level and logger."""
    parts = line.split(" ", 3)
    tell(f"· {parts[3] if len(parts) == 4 and parts[1] in {'INFO', 'WARNING', 'ERROR'} else line}")


def _render(result: Mapping[str, Any]) -> Group:
    city = result["city"]
    return Group(
        f"\n[bold]合成城市（演示）/ a synthetic city[/]：{city['people']} 人 / people，种子 / seed {city['seed']}，{city['on']}",
        "人、机构、号码都是虚构的。 / People, agencies and numbers are invented.\n",
        render_application(result["application"]),
        "\n[bold]可以扮演 / whom you can play[/]（代号或登录码均可登录 / sign in with either code）",
        *(_render_one(persona) for persona in result["personas"]),
        "\n[bold]窗口和后台 / the offices[/]（同样登录 / sign in likewise）",
        *(_render_one(member) for member in result["staff"]),
        "\n程序用的令牌见 --json / keys for programs: --json",
        f"\n页面 / pages: [bold]{result['base_url']}[/]\n目录 / home:  {escape(result['home'])}",
    )


def _render_one(one: Mapping[str, Any]) -> str:
    role, may = one["role"], one["try"]
    return (
        f"  [bold]{one['code']:<10}[/] {one['sign_in_code']:<9}  {one['name']}  {role['zh']}\n"
        f"{'':13}{role['en']}\n{'':13}→ {may['zh']} / {may['en']}"
    )
