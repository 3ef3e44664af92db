"""What `doctor` looks at: whether this instance is whole, and what it lacks before it may serve real people."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg

from miaopi.config import clock, environment
from miaopi.config.city import current_city
from miaopi.config.loading import set_up
from miaopi.instance.attaching import find_instance
from miaopi.instance.home import Home, current_home
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

LEAST_FREE: Final = 2_000_000_000
MOST_BEHIND: Final = 2000  # positions; a reader to whom nothing happens moves on only every thousand
CALENDAR_AHEAD: Final = timedelta(days=60)  # seats are opened for thirty days, and a referral takes some twenty working days
LOG: Final = ("audit_entry", "audit_position", "audit_node", "audit_checkpoint")
RIGHTS: Final = """
SELECT name, pg_has_role(current_user, pg_class.relowner, 'MEMBER'), has_table_privilege(pg_class.oid, 'UPDATE, DELETE, TRUNCATE')
  FROM unnest(%s::text[]) AS name LEFT JOIN pg_class ON pg_class.oid = to_regclass(name)
"""


@frozen
class Finding:
    """`is_grave`: it does not work; otherwise it works here and must not go before the public."""

    name: str
    text: Text
    is_grave: bool = False

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "grave": self.is_grave, "text": {"zh": self.text.zh, "en": self.text.en}}


def examine() -> list[Finding]:
    """Everything that is missing or unsafe, grave things first."""
    home = current_home()
    found = [*_home(home), *_calendar(), *_database(home), *_production()]
    return sorted(found, key=lambda finding: not finding.is_grave)


def _home(home: Home) -> Iterator[Finding]:
    if not home.folder.is_dir():
        yield Finding("home", Text(zh="还没有实例，运行 ./miaopi demo。", en="There is no instance yet: run ./miaopi demo."))
        return
    for path in (home.keys, home.folder / "seal.key", home.folder / "web.key", home.agencies):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(path.name, Text(zh="别的账户能读这个文件。", en="Other accounts can read this file."), True)
    if not (home.folder / "seal.key").is_file():
        yield Finding("seal.key", Text(zh="缺少封存密钥。", en="The key behind every seal and pseudonym is missing."), True)
    if shutil.disk_usage(home.folder).free < LEAST_FREE:
        yield Finding("disk", Text(zh="磁盘剩余不足 2 GB。", en="Less than 2 GB of disk is left."), True)


def _calendar() -> Iterator[Finding]:
    """A year without a table of working days stops seats and clocks: it is named while there is time to enter it."""
    year = (compute_legal_day(clock.now()) + CALENDAR_AHEAD).year
    if year not in current_city().calendar.years:
        text = Text(
            zh=f"{year}年没有工作日历：把放假通知写进 calendar.yaml，否则时限和预约会停。",
            en=f"There is no table of working days for {year}: add its notice to calendar.yaml, or clocks and bookings stop.",
        )
        yield Finding("calendar", text)


def _database(home: Home) -> Iterator[Finding]:
    address = os.environ.get("MIAOPI_DATABASE_URL")
    if not address:
        if (found := find_instance(home)) is None:
            yield Finding("instance", Text(zh="实例没有在运行。", en="The instance is not running."))
        else:
            os.environ["MIAOPI_DATABASE_URL"] = str(found["database_url"])
            yield from _reached(str(found["database_url"]))
        yield Finding(
            "embedded-database",
            Text(
                zh="用的是内嵌数据库；生产应以 MIAOPI_DATABASE_URL 指向有备份和同步副本的服务器。",
                en="The database is the embedded one; production names a server with backups and a synchronous replica.",
            ),
        )
        return
    yield from _reached(address)


def _reached(address: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            yield from _server(connection)
            rights = connection.execute(RIGHTS, [list(LOG)]).fetchall()
    except psycopg.OperationalError:
        yield Finding("database", Text(zh="数据库连接不上。", en="The database cannot be reached."), True)
        return
    if any(owns is None for _, owns, _ in rights):
        yield Finding("migrations", Text(zh="数据库还没有升级到这个版本。", en="The database has not been migrated to this version."), True)
        return
    yield from _log(rights)
    yield from _left_undone()


def _log(rights: Sequence[tuple[str, bool, bool]]) -> Iterator[Finding]:
    """Whoever serves may add to the log and change nothing in it (DESIGN.md §7.6)."""
    for name, owns, alters in rights:
        if owns or alters:
            text = Text(zh=f"应用的角色能改 {name}，账本不再只增不改。", en=f"The application can alter {name}: the log can lose entries.")
            yield Finding("log", text, True)


def _left_undone() -> Iterator[Finding]:
    """What the worker could not do, does not keep up with, or has to wait for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopi.config.settings")
    set_up()
    from miaopi.apps.approval.api import count_waiting
    from miaopi.apps.audit.api import list_lags, list_parked

    for parked in list_parked():
        event = f"{parked.handler}, {parked.seq}: {parked.reason}"
        text = Text(zh=f"事件被搁置（{event}），修好后 audit replay。", en=f"An event is parked ({event}): mend it, then audit replay.")
        yield Finding("parked", text, True)
    for handler, behind in list_lags().items():
        if behind > MOST_BEHIND:
            text = Text(zh=f"{handler} 落后 {behind} 条，后台在吗？", en=f"{handler} is {behind} entries behind: does the worker run?")
            yield Finding("lag", text)
    if waiting := count_waiting():
        yield Finding("waiting", Text(zh=f"{waiting} 件在等没有应答的来源。", en=f"Cases that wait for a silent source: {waiting}."))


def _server(connection: psycopg.Connection) -> Iterator[Finding]:
    """Settings whose absence loses acknowledged applications or lets one forgotten transaction stop the log."""
    asked = (
        "SELECT name, setting FROM pg_settings WHERE name IN"
        " ('fsync', 'full_page_writes', 'synchronous_commit', 'transaction_timeout', 'synchronous_standby_names')"
    )
    settings: dict[str, str] = dict(connection.execute(asked).fetchall())
    for name in ("fsync", "full_page_writes"):
        if settings[name] != "on":
            yield Finding(name, Text(zh=f"{name} 已关闭，断电会丢数据。", en=f"{name} is off: a power cut loses data."), True)
    if settings["synchronous_commit"] in {"off", "local"}:
        yield Finding("synchronous_commit", Text(zh="提交不等落盘。", en="A commit does not wait for the disk."), True)
    if settings["transaction_timeout"] == "0":
        yield Finding("transaction_timeout", Text(zh="没有事务时限。", en="Transactions have no time limit."))
    if not settings["synchronous_standby_names"]:
        text = Text(zh="没有同步副本，换主会丢已受理的办件。", en="No synchronous replica: a failover loses acknowledged cases.")
        yield Finding("replica", text)
    superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser == (True,):
        yield Finding("role", Text(zh="应用用的是超级用户。", en="The application connects as a superuser."), True)


def _production() -> Iterator[Finding]:
    if not environment.is_behind_tls():
        yield Finding(
            "tls",
            Text(
                zh="没有 TLS（MIAOPI_TLS=1）：只能用于本机演示，Cookie 不带 Secure，也不发 HSTS。",
                en="No TLS (MIAOPI_TLS=1): for a demo on this machine alone; cookies are not Secure and HSTS is not sent.",
            ),
        )
    if not os.environ.get("MIAOPI_HOSTS"):
        text = Text(zh="没有设 MIAOPI_HOSTS，只应答本机。", en="MIAOPI_HOSTS is not set: only this machine is answered.")
        yield Finding("hosts", text)
    if not os.environ.get("MIAOPI_GATEWAY", "").startswith("http"):
        yield Finding("gateway", Text(zh="短信只写进本地文件。", en="Messages are written to a local file only."))
    if os.environ.get("MIAOPI_CLOCK") or _is_shifted():
        yield Finding("clock", Text(zh="时钟被拨动过。", en="The clock has been moved."))
    if os.geteuid() == 0:
        text = Text(zh="以 root 运行；生产应各用各的账户。", en="Running as root; production gives each part an account.")
        yield Finding("account", text)


def _is_shifted() -> bool:
    path: Path = environment.home_folder() / "clock"
    return path.is_file() and bool(path.read_text(encoding="ascii").strip())
