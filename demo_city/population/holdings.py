"""What registers hold of a person beside who she is: schooling, work, cards, allowances, property, deaths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """An employer. `has_collective` says whether its people may register in a household of its own; `takes`: the majors whose
    graduates mostly work at such a place, none for one that takes anybody."""

    uscc: str
    name: str
    district_code: str
    has_collective: bool
    trade: str
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diploma:
    """学历. `name` is the name she bore at school; `is_mainland`: awarded by an institution of the mainland."""

    name: str
    school_name: str
    level: str
    form: str
    major: str
    graduated_on: date
    certificate_no: str
    status: str
    is_mainland: bool


@dataclass(frozen=True, slots=True)
class Degree:
    """学位, conferred with the diploma of number `diploma_no`."""

    level: str
    name: str
    conferred_on: date
    certificate_no: str
    status: str
    diploma_no: str


@dataclass(frozen=True, slots=True)
class Destination:
    """毕业生去向登记: where a graduate of the last years went; directed (定向, 委培) or not (否)."""

    kind: str
    unit: Unit | None
    in_national_plan: bool
    directed: str
    registered_on: date


@dataclass(frozen=True, slots=True)
class TalentCase:
    """人才引进核准: open while 在办 or 已核准 within its validity."""

    case_no: str
    district: str
    status: str
    approved_on: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Insurance:
    """社会保险参保."""

    status: str
    enrolled_on: date
    unit: Unit


@dataclass(frozen=True, slots=True)
class YinianCard:
    """颐年卡 with its account; the holder may be somebody else."""

    holder_id: str
    card_no_masked: str
    bank: str
    account_status: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """A row of the allowance ledger: months are `2024-05`, `stopped_month` is the first that is not paid."""

    active_since: str
    stopped_month: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A record of the credit centre: `public` or `debtor` (失信被执行人), in force until it is removed."""

    kind: str
    listed_on: date
    removed_on: date | None


@dataclass(frozen=True, slots=True)
class House:
    """A share of a dwelling, in percent."""

    house_code: str
    address: str
    police_station: str
    use: str
    share: int


@dataclass(slots=True)
class Deaths:
    """Three records of one death, each of another hand: police, hospital, crematorium."""

    cancelled: tuple[date, date] | None = None
    certified: tuple[date, date] | None = None
    cremated_on: date | None = None
