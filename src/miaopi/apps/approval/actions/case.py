"""A case to be decided, as a value: facts, rules and the legal day on which they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings

from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.approval.queries.decisions import unseal_beside
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.filing.api import is_silent
from miaopi.definitions import ServicePackage
from miaopi.kernel.decision import Decision, Definition, decide
from miaopi.kernel.decision.reading import read_facts
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.fact import Fact, FactName, Unknown
from miaopi.kernel.frozen import frozen


@frozen
class Case:
    """One confirmation to be decided, or decided again. `patience_until` is when silence of a source becomes a person's work."""

    number: str
    package: ServicePackage
    round: int
    attempt: int
    applicant: str
    as_of: date
    facts: Mapping[FactName, Fact]
    salt: str
    patience_until: datetime

    @property
    def definition(self) -> Definition:
        return self.package.definition

    def at(self, now: datetime) -> Case:
        """The case as it stands now: past the patience of the service what is silent is exhausted."""
        if now < self.patience_until:
            return self
        facts = {name: replace(fact, exhausted=True) if isinstance(fact, Unknown) and is_silent(fact) else fact
                 for name, fact in self.facts.items()}
        return replace(self, facts=facts)

    def decide(self) -> Decision:
        return decide(self.definition, self.facts, as_of=self.as_of, settings=settings.MIAOPI_CITY.settings)


def reopen_case(*, prior: DecisionRow, kept: bytes | memoryview | None = None, patience_until: datetime) -> Case:
    """The case under the rules and on the legal day it was filed (DESIGN.md §3.6). DefinitionError if they are gone.

    `kept`: facts that were found since the decision, sealed as its own are.
    """
    package = get_service(prior.service, prior.version)
    beside = unseal_beside(prior.id, kept or prior.kept)
    if beside is None:
        raise DefinitionError(prior.service, "the facts of an open case were erased")
    return Case(
        number=prior.number, package=package, round=prior.round, attempt=prior.attempt + 1, applicant=prior.applicant, as_of=prior.as_of,
        facts=read_facts(package.definition, beside.facts), salt=beside.salt, patience_until=patience_until,
    )
