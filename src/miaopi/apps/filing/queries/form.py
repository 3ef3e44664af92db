"""Which facts stand on the form of a service, given what is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.conf import settings

from miaopi.kernel.decision import Definition
from miaopi.kernel.decision.case import open_case
from miaopi.kernel.fact import Fact, FactName


def list_form_fields(definition: Definition, facts: Mapping[FactName, Fact], *, as_of: date) -> tuple[FactName, ...]:
    """The form's fields in the order of the package; one whose `when` is not true is not on it."""
    case = open_case(definition, facts, as_of=as_of, settings=settings.MIAOPI_CITY.settings, overrides={})
    return tuple(name for name, spec in definition.facts.items()
                 if spec.in_form and (spec.when is None or spec.when.evaluate(case.scope) is True))
