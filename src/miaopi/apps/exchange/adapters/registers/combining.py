"""Facts of several sources become the one of a base field: a value is never guessed, and only what all deny is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from miaopi.apps.exchange.adapters.facts import agree
from miaopi.apps.exchange.queries.registers.coverage import Coverage
from miaopi.definitions.registers import BaseField, BaseSource, Rule
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from miaopi.kernel.frozen import frozen

Said = Mapping[str, Fact]  # `resource.field` → what was pulled


@frozen
class Answered:
    """The fact, and the `resource.field` that gave it; none for a fact that is open."""

    fact: Fact
    source: str


def list_next(field: BaseField, said: Said) -> tuple[str, ...]:
    """What is to be asked now. By precedence one source at a time: where the first one answers, nobody else is asked."""
    if field.rule is not Rule.FIRST:
        return tuple(name for name in field.asked if name not in said)
    for source in field.sources:
        if source.name not in said:
            return (source.name,)
        if _settles(said[source.name]):
            return ()
    return ()


def settle(field: BaseField, said: Said) -> Answered:
    """The one fact, when `list_next` has nothing left to ask."""
    match field.rule:
        case Rule.FIRST:
            fact, source = _settle_first(field.sources, said)
        case Rule.AGREE:
            fact, source = agree(said[each.name] for each in field.sources), field.sources[0]
        case Rule.LATEST:
            fact, source = _settle_latest(field.sources, said)
    return Answered(fact, "" if isinstance(fact, Unknown) else source.name)


def _settles(fact: Fact) -> bool:
    """Silence and absence hand on to the next source. A source that contradicts itself, or that may not be asked, does not: what it
    would have said is not for a lesser one to say."""
    return not isinstance(fact, Absent) and not _is_silent(fact)


def _is_silent(fact: Fact) -> bool:
    return isinstance(fact, Unknown) and fact.doubt is Doubt.UNAVAILABLE


def _settle_first(sources: Sequence[BaseSource], said: Said) -> tuple[Fact, BaseSource]:
    """The first that settles it. Where none does, it is absent if all of them said so: who was silent might know a value."""
    asked = [source for source in sources if source.name in said]
    settling = [source for source in asked if _settles(said[source.name])]
    silent = [source for source in asked if _is_silent(said[source.name])]
    chosen = [*settling, *silent, *asked][0]
    return said[chosen.name], chosen


def _settle_latest(sources: Sequence[BaseSource], said: Said) -> tuple[Fact, BaseSource]:
    """Whoever is silent might have the later day, and a value without a day has no place in the row: both leave it open."""
    dated: list[tuple[date, BaseSource]] = []
    for source in sources:
        fact, day = said[source.name], said[source.day]
        if isinstance(fact, Absent) and isinstance(day, Absent):
            continue
        for doubt in (fact, day):
            if isinstance(doubt, Unknown):
                return doubt, source
        if not isinstance(day, Known) or not isinstance(day.value, date):
            return Unknown(Doubt.UNPROVEN, source.name.partition(".")[0]), source
        dated.append((day.value, source))
    if not dated:
        return said[sources[0].name], sources[0]
    latest = max(day for day, _ in dated)
    found = [source for day, source in dated if day == latest]
    return agree(said[source.name] for source in found), found[0]


@frozen
class CoverageShare:
    """Of what part of all parties a base field is known; a `bound` where agencies counted apart and nobody saw both: *least* or *most*."""

    part: float
    bound: str

    def to_json(self) -> dict[str, object]:
        return {"share": round(self.part, 4), "bound": self.bound}


def find_share(field: BaseField, figures: Sequence[Coverage]) -> CoverageShare | None:
    """Where one source suffices, at least as much as the best of them knows; where all must agree, at most as much as the least does.
    None where nothing was counted, or one of those that must agree was not."""
    shares = [each.share for each in figures if each.share is not None]
    if not shares or (field.rule is Rule.AGREE and len(shares) < len(field.sources)):
        return None
    if len(field.sources) == 1:
        return CoverageShare(shares[0], "")
    return CoverageShare(min(shares), "most") if field.rule is Rule.AGREE else CoverageShare(max(shares), "least")
