"""Staff accounts: a person gets one in one role, and loses it with all that was opened under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.events import StaffAdded, StaffLeft
from miaopi.apps.identity.models import STAFF_ID_LENGTH, Session, Staff, Token
from miaopi.apps.identity.queries.id_number import check_id_number
from miaopi.apps.identity.queries.parties import RESIDENT_ID, compute_number_index
from miaopi.apps.identity.queries.rights import STAFF_ROLES, Right, Role, authorise
from miaopi.apps.identity.queries.staff import Member, StaffId, compute_member, find_member, get_member
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

STAFF_ID: Final = re.compile(rf"[a-z][a-z0-9-]{{1,{STAFF_ID_LENGTH - 1}}}")


def add_staff(
    *, staff_id: StaffId, name: Text, role: Role, office: str = "", queues: Sequence[str] = (), id_number: str | None = None,
    close_to: Sequence[str] = (), by: Actor, now: datetime,
) -> Member:
    """Give somebody an account in one role. `staff_id` is the id that the authority vouches for, such as `officer1`.

    `id_number` is her own as a citizen, `close_to` are those of her spouse and others whose cases she must avoid; only
    keyed hashes of them are kept. Added again with the same particulars, the account stays as it is.
    InputError for an id of another form or taken by somebody else, or a role that staff cannot have.
    """
    authorise(by, Right.CHANGE_STAFF)
    if not STAFF_ID.fullmatch(staff_id):
        raise InputError("staff_id", Text(zh="工号写法不对。", en="this is no staff id."),
                         Text(zh="请用小写字母开头的字母、数字和连字符。", en="Use letters, digits and dashes, a small letter first."))
    if role.value not in STAFF_ROLES:
        raise InputError("role", Text(zh="这不是工作人员的岗位。", en="this is no role of staff."),
                         Text(zh=f"请选：{'、'.join(STAFF_ROLES)}。", en=f"Choose one of {', '.join(STAFF_ROLES)}."))
    numbers = [check_id_number(number) for number in (*([id_number] if id_number else []), *close_to)]
    row = Staff(
        id=staff_id, name_zh=name.zh, name_en=name.en, role=role.value, office=office, queues=sorted(set(queues)),
        avoids=sorted({compute_number_index(RESIDENT_ID, number) for number in numbers}), added_at=now,
    )  # fmt: skip
    standing = Staff.objects.filter(id=staff_id).first()
    if standing is not None:
        if _particulars(standing) != _particulars(row):
            raise InputError("staff_id", Text(zh="这个工号已有别的账户。", en="this id has another account already."),
                             Text(zh="请换一个工号。", en="Choose another id."))
        return compute_member(standing)
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(StaffAdded(staff=row.id, role=row.role, office=row.office, queues=tuple(row.queues)))
    return compute_member(row)


def _particulars(row: Staff) -> tuple[object, ...]:
    return (row.name_zh, row.name_en, row.role, row.office, list(row.queues), list(row.avoids), row.left_at)


def remove_staff(*, staff_id: StaffId, by: Actor, now: datetime) -> Member:
    """End an account with its sessions and tokens. The account stays on record, for the log names it. NotFound; twice is once."""
    authorise(by, Right.CHANGE_STAFF)
    with act(by=by, now=now) as unit:
        if Staff.objects.filter(id=staff_id, left_at=None).update(left_at=now):
            Session.objects.filter(staff=staff_id, closed_at=None).update(closed_at=now)
            Token.objects.filter(staff=staff_id, revoked_at=None).update(revoked_at=now)
            unit.record(StaffLeft(staff=staff_id))
    return find_member(staff_id) or get_member(staff_id)
