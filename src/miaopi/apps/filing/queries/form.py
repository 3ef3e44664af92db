"""Which facts stand on the form of a service, given what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings

from miaopi.apps.exchange.api import list_scope
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.decision import Definition, FactSpec, Privacy
from miaopi.kernel.decision.case import open_case
from miaopi.kernel.fact import Fact, FactName, Known
from miaopi.kernel.frozen import frozen


def list_form_fields(definition: Definition, facts: Mapping[FactName, Fact], *, as_of: date) -> tuple[FactName, ...]:
    """The form's fields in the order of the package; one whose `when` is not true is not on it."""
    case = open_case(definition, facts, as_of=as_of, settings=settings.MIAOPI_CITY.settings, overrides={})
    return tuple(name for name, spec in definition.facts.items()
                 if spec.in_form and (spec.when is None or spec.when.evaluate(case.scope) is True))


def compute_consent_end(package: ServicePackage, now: datetime) -> datetime:
    """Until when a consent of today holds: the end of the day, and as long after it as the service waits for a silent source."""
    midnight = datetime.combine(compute_legal_day(now) + timedelta(days=1), time(), tzinfo=LEGAL_ZONE)
    return midnight + package.patience


@frozen
class ConsentScope:
    """What a consent names, as `resource.field`, and those of it that are agreed to apart (个人信息保护法 第二十九条). Behind a field of a
    base register these are the fields of agencies that are asked for it: a consent is to their looks, not to a name of ours."""

    asked: tuple[str, ...]
    separate: tuple[str, ...]


def list_consent_scope(specs: Sequence[FactSpec]) -> ConsentScope:
    return ConsentScope(list_scope(specs), list_scope(spec for spec in specs if spec.privacy is Privacy.SENSITIVE))


def list_consent_facts(definition: Definition, *, document_type: str, as_of: date) -> list[FactSpec]:
    """The facts a consent has to name: all that may be asked of a source for somebody with this document.

    A fact whose guard is false for every holder of the document – the stay of a foreigner, for a resident – is not asked for.
    """
    known: dict[FactName, Fact] = {
        name: Known(document_type) for name, spec in definition.facts.items() if spec.source == "unified_identity.document_type"
    }
    scope = open_case(definition, known, as_of=as_of, settings=settings.MIAOPI_CITY.settings, overrides={}).scope
    return [spec for spec in definition.sourced if spec.when is None or spec.when.evaluate(scope) is not False]
