"""What would go with an agreement: facts of a service that nobody else grants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from miaopi.apps.catalogue.api import find_published, get_service
from miaopi.apps.exchange.queries.agreements import Agreement
from miaopi.apps.exchange.queries.grants import list_candidates
from miaopi.apps.exchange.queries.registers.base_fields import list_scope
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Loss:
    """A service with the facts that it would lose, in the words of its package, and how many of its conditions read them."""

    service: Text
    facts: tuple[Text, ...]
    conditions: int


def list_losses(agreement: Agreement, now: datetime) -> Sequence[Loss]:
    """Of the service that the agreement serves, if it is a published one; nothing where other grants hold the same."""
    published = find_published(agreement.service, now)
    if published is None:
        return ()
    others = {
        each.field for each in list_candidates(agreement.service, (agreement.resource,), now)
        if each.agreement != agreement.id and each.hindrance is None and each.purpose == agreement.purpose
    }
    lost = {f"{agreement.resource}.{name}" for name in agreement.terms.fields if name not in others}
    package = get_service(published.slug, published.version)
    facts = {name: spec for name, spec in package.definition.facts.items() if lost.intersection(list_scope([spec]))}
    rules = package.definition.conditions_on(compute_legal_day(now))
    touched = sum(not facts.keys().isdisjoint(package.definition.reads(rule.holds)) for rule in rules)
    return (Loss(package.name, tuple(spec.label for spec in facts.values()), touched),) if facts else ()
