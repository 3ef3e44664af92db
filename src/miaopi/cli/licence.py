"""`licence`: what was issued, as its holder shows it and as a stranger checks it."""

from __future__ import annotations

import json as codec
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import Person, signed_in
from miaopi.cli.printing import emit, tell, unique, whole
from miaopi.config import clock
from miaopi.config.loading import set_up
from miaopi.instance import attach
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.credential import LICENCE, Trust, Verdict, read_trust
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

app = cyclopts.App(name="licence", help="证照 / Licences.")

FILES: Final = frozenset({".png", ".jpg", ".jpeg", ".pdf", ".json", ".txt"})
Brought = Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)]


def _no_file_error(name: str) -> InputError:
    return InputError(
        name,
        Text(zh="没有这个文件，或读不出来。", en="there is no such file, or it cannot be read."),
        Text(zh="请检查文件名。", en="Check its name."),
    )


def _no_time_error() -> InputError:
    return InputError(
        "--at",
        Text(zh="这不是一个时刻。", en="this is no moment."),
        Text(zh="请写成 2026-11-25T09:00:00+08:00，或只写日期。", en="Write 2026-11-25T09:00:00+08:00, or a day alone."),
    )


def _no_keys_error() -> InputError:
    return InputError(
        "--offline",
        Text(zh="不问实例时，要有一份公钥文件。", en="who asks no instance needs a file of keys."),
        Text(zh="请加 --keys 文件；文件由 licence trust-bundle 给出。", en="Add --keys FILE; licence trust-bundle gives one."),
    )


@app.command
def show(number: str, *, as_: Person, pdf: Path | None = None, qr: Path | None = None, json: bool = False) -> None:
    """The licence that an application led to, with its signed text and its credential.

    --pdf FILE: write the sheet of paper there too. --qr FILE: write the QR code there as SVG.
    """
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.licence.api import draw_qr, get_licence, make_pdf

        licence = get_licence(number=number, reader=actor, now=clock.now())
        if pdf is not None:
            write_private(pdf, make_pdf(licence))
        if qr is not None:
            write_private(qr, draw_qr(licence).encode())
        emit(licence.to_json(), json, lambda _: Plain(licence.signed_text or licence.title.zh))


def write_private(path: Path, content: bytes) -> None:
    """Written so that only its owner reads it: it holds a name. Raises InputError."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError:
        raise _no_file_error(str(path)) from None


@app.command(name="list")
def list_own(*, as_: Person, json: bool = False) -> None:
    """All licences of a person, each in its latest version."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.licence.api import list_licences

        licences = [licence.to_json() for licence in list_licences(reader=actor, now=clock.now())]
        emit({"licences": licences}, json, _list)


@app.command
def verify(brought: Brought, *, keys: Path | None = None, at: str | None = None, offline: bool = False, json: bool = False) -> int:
    """Check a licence: the text of its QR code, `-`, or a file with it (PNG, JPEG, PDF, JSON, text). Exit 1 if it does not count.

    --keys FILE: believe these keys, and ask no instance. --at TIME: as of that moment. --offline: insist that nobody is asked.
    """
    if keys is None and offline:
        raise _no_keys_error()
    moment, content = read_at(at), read_brought(brought)
    if keys is None:
        with attach(report=tell):
            from miaopi.apps.licence.api import compute_trust

            verdict = _verify(content, read_trust(compute_trust(clock.now())), moment)
    else:
        trust = read_keys(keys)
        _set_up()
        verdict = _verify(content, trust, moment)
    emit({**verdict.to_json(), "at": moment.isoformat()}, json, lambda _: _say(verdict))
    return 0 if verdict.is_valid else 1


@app.command(name="trust-bundle")
def trust_bundle(*, json: bool = False) -> None:
    """The file that a verifier needs: public keys, and which licences were withdrawn. It is JSON with or without --json."""
    with attach(report=tell):
        from miaopi.apps.licence.api import compute_trust

        emit(compute_trust(clock.now()), json, lambda trust: codec.dumps(trust, ensure_ascii=False, indent=2))


@app.command(name="renew-key")
def renew_key(*, json: bool = False) -> None:
    """Publish the next key now: it takes over in 24 hours, and the present one goes on verifying what it signed."""
    with attach(report=tell, as_worker=True):
        from miaopi.apps.audit.api import system
        from miaopi.apps.licence.api import publish_next_key

        key = publish_next_key(by=system("cli.renew_key"), now=clock.now())
        result = {"key": key.key, "generation": key.generation, "begins_at": key.begins_at}
        emit(result, json, lambda found: f"{found['key']}  {found['begins_at'] or ''}")


def _verify(content: str | bytes, trust: Trust, at: datetime) -> Verdict:
    from miaopi.apps.licence.api import verify_credential

    return verify_credential(content, trust=trust, at=at)


def _set_up() -> None:
    """Django without a database and without an instance: the door of a room cannot be opened before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopi.config.settings")
    set_up()


def read_at(written: str | None) -> datetime:
    """A moment or a day as ISO 8601; without an offset it is the city's time. Now, where nothing is written."""
    if written is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise _no_time_error() from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_ZONE)


def read_brought(brought: str) -> str | bytes:
    """Standard input, the bytes of a file, or else the argument itself as the text of a credential."""
    if brought == "-":
        return sys.stdin.buffer.read()
    if brought.startswith(LICENCE.prefix):
        return brought
    path = Path(brought)
    try:
        if path.is_file():
            return path.read_bytes()
    except (OSError, ValueError):  # longer than a name can be, or none at all
        return brought
    if path.suffix.lower() in FILES:
        raise _no_file_error("FILE")
    return brought


def read_keys(path: Path) -> Trust:
    """The keys of a file. Raises InputError."""
    try:
        document = codec.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)
    except OSError:
        raise _no_file_error("--keys") from None
    except (ValueError, RecursionError):
        document = None
    return read_trust(document)


def _say(verdict: Verdict) -> Plain:
    lines = [f"{'有效 / valid' if verdict.is_valid else f'无效 / invalid ({verdict.reason})'}", verdict.words.zh, verdict.words.en]
    if verdict.title is not None:
        lines.append(f"{verdict.title.zh} / {verdict.title.en}")
    lines += [f"  {name}: {value}" for name, value in (verdict.claims or {}).items()]
    if verdict.status_at is None:
        lines.append("撤销情况未查 / withdrawals were not looked at")
    else:
        lines.append(f"撤销名单 / list of withdrawals: {verdict.status_at.isoformat()}")
    return Plain("\n".join(lines))


def _list(result: Mapping[str, Any]) -> Table | str:
    licences = result["licences"]
    if not licences:
        return "没有 / none"
    table = Table(whole("编号 / number"), "证照 / title", "状态 / state", "有效期至 / valid to")
    for each in licences:
        table.add_row(*(Plain(str(value)) for value in (each["number"], each["title"]["zh"], each["state"], each["valid_to"] or "")))
    return table
