"""Staff accounts: who works here, in which role, for which office, on which queues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from miaopi.apps.audit.api import Actor, staff
from miaopi.apps.identity.models import Staff, VerifiedIdentity
from miaopi.apps.identity.queries.parties import PartyId
from miaopi.apps.identity.queries.rights import Role
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

StaffId = str

NO_SUCH_STAFF = Text(zh="没有这个工作人员账户。", en="There is no such staff account.")


@frozen
class Member:
    """A member of staff. `queues` are those she takes cases from; `left_at`: she works here no more."""

    id: StaffId
    name: Text
    role: Role
    office: str
    queues: tuple[str, ...]
    added_at: datetime
    left_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """She, in the one role of her account."""
        return staff(self.id, self.role.value)


def find_member(member: StaffId) -> Member | None:
    """The account, also of one who left."""
    row = Staff.objects.filter(id=member).first()
    return None if row is None else compute_member(row)


def get_member(member: StaffId) -> Member:
    """The account of somebody who works here now. Raises NotFound."""
    found = find_member(member)
    if found is None or found.left_at is not None:
        raise NotFound(NO_SUCH_STAFF)
    return found


def get_members(members: Iterable[StaffId]) -> Mapping[StaffId, Member]:
    """Those that exist, by id, in one statement, also of those who left."""
    return {row.id: compute_member(row) for row in Staff.objects.filter(id__in=list(members))}


def list_staff(*, role: Role | None = None, office: str | None = None) -> list[Member]:
    """Everybody who works here now, by id."""
    rows = Staff.objects.filter(left_at=None).order_by("id")
    if role is not None:
        rows = rows.filter(role=role.value)
    if office is not None:
        rows = rows.filter(office=office)
    return [compute_member(row) for row in rows]


def is_avoided(*, member: StaffId, party: PartyId) -> bool:
    """Whether the case of this party is not hers to read or decide: she is that person, or one close to her."""
    avoids = Staff.objects.filter(id=member).values_list("avoids", flat=True).first() or []
    return bool(avoids) and VerifiedIdentity.objects.filter(account_id=party, number_index__in=avoids).exists()


def list_avoided(member: StaffId) -> list[PartyId]:
    """The parties whose cases are not hers, as far as they have an account here."""
    avoids = Staff.objects.filter(id=member).values_list("avoids", flat=True).first() or []
    return list(VerifiedIdentity.objects.filter(number_index__in=avoids).values_list("account_id", flat=True)) if avoids else []


def list_avoided_subjects(member: StaffId) -> frozenset[str]:
    """The same, as the log calls them."""
    avoids = Staff.objects.filter(id=member).values_list("avoids", flat=True).first() or []
    names = VerifiedIdentity.objects.filter(number_index__in=avoids).values_list("account__pseudonym", flat=True)
    return frozenset(names) if avoids else frozenset()


def compute_member(row: Staff) -> Member:
    return Member(
        id=row.id, name=Text(zh=row.name_zh, en=row.name_en), role=Role(row.role), office=row.office, queues=tuple(row.queues),
        added_at=row.added_at, left_at=row.left_at,
    )
