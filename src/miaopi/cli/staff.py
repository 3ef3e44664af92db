"""`staff`: who works here, in which role, on which queues. `token`: keys for programs of a person, a member of staff or an agency."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from rich.table import Table
from rich.text import Text as Plain

from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, tell
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

app = cyclopts.App(name="staff", help="工作人员 / Staff accounts.")
token_app = cyclopts.App(name="token", help="接口令牌 / Keys for programs.")


def _no_role_error(roles: list[str]) -> InputError:
    return InputError("--role", Text(zh="没有这个岗位。", en="there is no such role."),
                      Text(zh=f"请选：{'、'.join(roles)}。", en=f"Choose one of {', '.join(roles)}."))


def _one_holder_error() -> InputError:
    return InputError("--staff", Text(zh="令牌属于一个人，或一个部门。", en="a token has one holder."),
                      Text(zh="请给 --staff 或 --as 之一；部门的密钥用 --as 和 --agency。",
                           en="Give either --staff or --as; for a key of an agency --as and --agency."))


def _no_numbers_error() -> InputError:
    return InputError("--numbers", Text(zh="读不出号码文件。", en="the file of numbers cannot be read."),
                      Text(zh="每行一个身份证号，第一行是本人的。", en="One number a line, her own first."))


@app.command(name="list")
def list_accounts(*, json: bool = False) -> None:
    """Everybody who works here now."""
    with attach(report=tell):
        from miaopi.apps.identity.api import list_staff

        emit({"staff": [_describe(member) for member in list_staff()]}, json, _render)


@app.command
def add(
    staff_id: str, *, name: str, name_en: str, role: str, office: str = "",
    queue: Annotated[list[str] | None, cyclopts.Parameter(name="--queue", negative=())] = None, numbers: str = "", json: bool = False,
) -> None:
    """Give somebody an account. STAFF_ID is what the identity authority answers for her.

    --queue: a queue to take cases from, such as public-security; as often as needed. --numbers: a file, or `-`, with one identity
    number a line: her own, then those of persons whose cases she must avoid. Only keyed hashes are kept.
    """
    with attach(report=tell):
        from miaopi.apps.audit.api import system
        from miaopi.apps.identity.api import Role, add_staff

        roles = [each.value for each in Role]
        if role not in roles:
            raise _no_role_error(["officer", "clerk", "auditor", "steward"])
        own, *others = _read_numbers(numbers) or [""]
        member = add_staff(
            staff_id=staff_id, name=Text(zh=name, en=name_en), role=Role(role), office=office, queues=queue or (), id_number=own or None,
            close_to=others, by=system("cli.staff"), now=clock.now(),
        )
        emit(_describe(member), json, lambda found: f"{found['id']}: {found['role']}")


@app.command
def remove(staff_id: str, *, json: bool = False) -> None:
    """End an account, its sessions and its tokens. What she did stays on record."""
    with attach(report=tell):
        from miaopi.apps.audit.api import system
        from miaopi.apps.identity.api import remove_staff

        member = remove_staff(staff_id=staff_id, by=system("cli.staff"), now=clock.now())
        emit(_describe(member), json, lambda found: f"{found['id']}: 已注销 / ended")


@token_app.command
def issue(
    *, label: str, staff: str = "", as_: Annotated[str, cyclopts.Parameter(name="--as")] = "", agency: bool = False, days: int = 30,
    json: bool = False,
) -> None:
    """Issue a token, for a member of staff or for the person who signs in with the code of --as. It is shown this once.

    --agency: a key for the systems of the agency of the steward who signs in with --as.
    """
    if bool(staff) is bool(as_) or (agency and not as_):
        raise _one_holder_error()
    with attach(report=tell):
        from miaopi.apps.audit.api import system
        from miaopi.apps.identity.api import issue_agency_key, issue_token

        now = clock.now()
        if staff:
            issued = issue_token(member=staff, label=label, expires_at=now + timedelta(days=days), by=system("cli.token"), now=now)
        else:
            with signed_in(as_) as actor:
                until = now + timedelta(days=days)
                if agency:
                    issued = issue_agency_key(label=label, expires_at=until, by=actor, now=now)
                else:
                    issued = issue_token(party=actor.id, label=label, expires_at=until, by=actor, now=now)
        result = {"id": issued.id, "token": issued.token, "expires_at": issued.expires_at.isoformat()}
        emit(result, json, lambda found: str(found["token"]))


@token_app.command
def revoke(token_id: str, *, json: bool = False) -> None:
    """End a token, by its id."""
    with attach(report=tell):
        from miaopi.apps.audit.api import system
        from miaopi.apps.identity.api import revoke_token

        revoke_token(token_id=token_id, by=system("cli.token"), now=clock.now())
        emit({"id": token_id, "revoked": True}, json, lambda _: "已吊销 / revoked")


def _read_numbers(source: str) -> list[str]:
    """Identity numbers stand in no command line: whoever lists processes could read them."""
    if not source:
        return []
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise _no_numbers_error() from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _describe(member: Any) -> dict[str, Any]:
    return {
        "id": member.id, "name": member.name.to_json(), "role": member.role.value, "office": member.office, "queues": list(member.queues),
        "added_at": member.added_at.isoformat(), "left_at": member.left_at and member.left_at.isoformat(),
    }


def _render(result: Mapping[str, Any]) -> Table | str:
    if not result["staff"]:
        return "没有 / none"
    table = Table("工号 / id", "姓名 / name", "岗位 / role", "部门 / office", "队列 / queues")
    for each in result["staff"]:
        table.add_row(*map(Plain, (each["id"], each["name"]["zh"], each["role"], each["office"], ", ".join(each["queues"]))))
    return table
