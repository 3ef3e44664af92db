"""Who works in the offices of the demo city, and the keys for programs that it hands out (演示): the platform's side of its people.

Names and sign-in codes are the authority's (population/officials.py); what somebody may do, where, and for which queues is ours to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from demo_city.population.officials import draw_officials
from demo_city.premises import Premises, write_private

TERM: Final = timedelta(days=365)
RENEWED_BEFORE: Final = timedelta(days=30)
LABEL: Final = "demo"
STATION: Final = "police_station"


@dataclass(frozen=True, slots=True)
class Post:
    """What a member of staff is here: her role at the platform, in words, and what can be tried as her; of stewards the agency."""

    role: str
    called: tuple[str, str]
    may: tuple[str, str]
    agency: str = ""


POSTS: Final[Mapping[str, Post]] = {
    "officer1": Post(
        "officer", ("审批员", "Officer"),
        ("领取转人工的办件，一次告知补正，或写明理由作出决定", "Take a case that the rules referred: ask for what is missing, or decide"),
    ),
    "officer2": Post(
        "officer", ("审批员（复核）", "Officer (second of two)"),
        ("复核另一位审批员的决定：确认或退回", "Confirm or return what another officer decided"),
    ),
    "clerk1": Post(
        "clerk", ("派出所窗口民警", "Clerk at a police station"),
        ("打开当天预约，逐件核对原件，办结入户", "Open today's visits, tick each paper that was seen, and complete the move"),
    ),
    "clerk2": Post(
        "clerk", ("另一派出所窗口民警", "Clerk at another police station"),
        ("看不到别的派出所的预约", "Sees no visit of another station"),
    ),
    "auditor1": Post(
        "auditor", ("审计员", "Auditor"),
        ("在“监督”页看谁在看谁、哪里异常、哪些查看还没让当事人知道；续期、解除；核对账本",
         "On the pages of the watch: who looks, what is odd, what is not shown yet; renew, release; check the log"),
    ),
    "steward1": Post(
        "steward", ("户政部门数据管理员", "Data steward of the population register"),
        ("在“数据”页答复共享申请：同意、收窄或写明理由不同意；暂停、撤销协议；看谁在取、哪里没有回应",
         "On the pages of data: answer requests, suspend and revoke, see who asks and what fails"),
        agency="population",
    ),
    "steward2": Post(
        "steward", ("民政部门数据管理员", "Data steward of civil affairs"),
        ("在目录里找数据，用沙箱试，为本部门申请；给本部门的系统发密钥",
         "Search the catalogue, try the sandbox, ask for data; make keys for the department's systems"),
        agency="civil-affairs",
    ),
}  # fmt: skip


def appoint_staff(seed: int, now: datetime) -> None:
    """Give everybody an account in her role who has none yet. Officers take cases from the queues of all packages."""
    from django.conf import settings

    from miaopi.apps.approval.api import compute_queue
    from miaopi.apps.audit.api import system
    from miaopi.apps.identity.api import Role, add_staff, find_member
    from miaopi.definitions import list_services
    from miaopi.kernel.wording import Text

    queues = sorted({compute_queue(package).key for package in list_services()})
    offices = _stations(settings.MIAOPI_CITY.offices)
    for official in draw_officials(seed):
        if find_member(official.code) is not None:
            continue
        post = POSTS[official.code]
        office = offices.get(official.code, "") if post.role == "clerk" else post.agency
        add_staff(
            staff_id=official.code, name=Text(zh=official.name, en=official.name_en), role=Role(post.role), office=office,
            queues=queues if post.role == "officer" else (), by=system("demo_city"), now=now,
        )  # fmt: skip


def _stations(offices: Iterable[Any]) -> Mapping[str, str]:
    """The two clerks sit in two police stations."""
    found = [office.id for office in offices if office.kind == STATION]
    return dict(zip(("clerk1", "clerk2"), found, strict=False))


def describe_staff(seed: int, tokens: Mapping[str, str]) -> list[dict[str, object]]:
    """`staff[]` of `demo --json` (DESIGN.md §7.1)."""
    from miaopi.apps.identity.api import find_member

    told: list[dict[str, object]] = []
    for official in draw_officials(seed):
        post, member = POSTS[official.code], find_member(official.code)
        told.append({
            "code": official.code,
            "name": official.name,
            "role": {"zh": post.called[0], "en": post.called[1]},
            "kind": post.role,
            "office": member.office if member else "",
            "queues": list(member.queues) if member else [],
            "sign_in_code": official.sign_in_code,
            "api_token": tokens.get(official.code),
            "try": {"zh": post.may[0], "en": post.may[1]},
        })
    return told


def issue_tokens(premises: Premises, personas: Sequence[str], members: Sequence[str], now: datetime) -> Mapping[str, str]:
    """A key for each persona and each member of staff, by code; those of an earlier start are kept while they are good for a month more.

    The platform keeps digests alone, so that the city keeps the keys themselves, in the home, readable by its owner.
    """
    path = premises.home / "city" / "tokens.json"
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    standing = {code: each for code, each in known.items() if datetime.fromisoformat(each["expires_at"]) > now + RENEWED_BEFORE}
    for code in (*personas, *members):
        if code not in standing:
            standing[code] = _issue(code, now, is_member=code in members)
    if standing != known:
        write_private(path, standing)
    return {code: str(each["token"]) for code, each in standing.items()}


def _issue(code: str, now: datetime, *, is_member: bool) -> dict[str, str]:
    """A person has an account at the platform only once she has signed in."""
    from miaopi.apps.audit.api import system
    from miaopi.apps.identity.api import issue_token, sign_in, sign_out

    by = system("demo_city")
    if is_member:
        issued = issue_token(member=code, label=LABEL, expires_at=now + TERM, by=by, now=now)
    else:
        opened = sign_in(code=code, by=by, now=now)
        issued = issue_token(party=opened.party.id, label=LABEL, expires_at=now + TERM, by=by, now=now)
        sign_out(token=opened.token, by=opened.session.actor, now=now)
    return {"token": issued.token, "expires_at": issued.expires_at.isoformat()}
