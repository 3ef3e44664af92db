"""The blocks `referral` and `claims` of `service.yaml`: which person decides what the rules cannot, and which place one case holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import FactSpec
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

WORKDAYS: Final = 5  # 演示值: where the package sets no clock and the law no limit


@frozen
class Referral:
    """Where a case goes that a person decides: the name of the queue, its clock in working days, and whether two must agree."""

    queue: Text
    workdays: int
    four_eyes: bool


@frozen
class Claim:
    """One place of a kind that an applicant's case holds; where another case has it, `fact` is known true."""

    kind: str
    fact: str


def read_referral(reader: Reader, placed: Placed | None, *, department: Text, limit: int | None) -> Referral:
    """Without the block: the queue of the department, the statutory limit as the clock, one officer."""
    if placed is None:
        return Referral(department, limit or WORKDAYS, four_eyes=False)
    entries = reader.entries(placed, ("queue", "workdays"), ("four_eyes",))
    workdays = reader.number(entries.get("workdays"))
    if workdays == 0:
        reader.note(placed.where, "a person needs at least one working day")
    elif limit is not None and workdays > limit:
        reader.note(placed.where, f"the clock of a person is longer than the statutory limit of {limit} working days")
    return Referral(reader.text(entries.get("queue")), workdays, reader.truth(entries.get("four_eyes")))


def read_claims(reader: Reader, placed: Placed | None) -> tuple[Claim, ...]:
    claims = []
    for one in reader.items(placed):
        entries = reader.entries(one, ("kind", "fact"))
        claims.append(Claim(reader.string(entries.get("kind")), reader.string(entries.get("fact"))))
    if placed is not None and len({claim.kind for claim in claims}) != len(claims):
        reader.note(placed.where, "each kind of claim is named once")
    return tuple(claims)


def check_claims(reader: Reader, root: Placed, claims: tuple[Claim, ...], facts: Mapping[str, FactSpec]) -> None:
    """The fact of a lost claim is one of the package's that can be true, and that is not hers to say."""
    for at, claim in enumerate(claims):
        spec = facts.get(claim.fact)
        if spec is None or spec.type.name != "boolean" or spec.resource is None:
            reader.note(root.place("claims", at, "fact"), f"claims: {claim.fact} is no boolean fact that a source supplies")
