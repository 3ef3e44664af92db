"""The sandbox of a resource: a line to paste into a terminal, the answer to it, and what production says to the same line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from miaopi.apps.catalogue.api import Resource, get_resource, list_published
from miaopi.apps.exchange.api import (
    REFUSALS,
    Agreement,
    AgreementState,
    RefusalCode,
    Sample,
    list_agreements,
    try_sandbox,
)
from miaopi.apps.identity.api import Right, issue_agency_key
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.agreements import describe_field
from miaopi.portal.wording.sources import seal_of

NOBODY: Final = "990000200102010011"  # a number of no region, with a right check sign: of nobody
TRIAL: Final = timedelta(days=7)
LABEL: Final = Text(zh="沙箱试用", en="sandbox trial")
PLACE: Final = "$MIAOPI_KEY"  # where the key stands in a line while none was issued


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.TRY_SANDBOX)
def show_sandbox(visit: SignedVisit, resource: str) -> HttpResponse:
    """What a call would bring of the chosen fields (`fields`). Sent as a form it issues a key for a week, shown this once."""
    found, language = get_resource(resource), language_of(visit)
    issued = None
    if visit.method == "POST":
        issued = issue_agency_key(label=LABEL.zh, expires_at=visit.now + TRIAL, by=visit.actor, now=visit.now)
    agreement = _find_agreement(visit, found)
    stands = agreement is not None and agreement.state is AgreementState.GRANTED
    chosen = tuple(name for name in (visit.POST if issued else visit.GET).getlist("fields") if name in found.fields)
    chosen = chosen or (agreement.terms.fields if agreement is not None else ())
    sample = try_sandbox(resource=found.id, fields=chosen, subject=NOBODY, by=visit.actor, now=visit.now)
    names = chosen or tuple(name for name, field in found.fields.items() if field.sharing_type != "not_shared")
    body = _body(found, names, agreement)
    key = issued.token if issued else PLACE
    page = {
        "it": {"id": found.id, "name": found.name, "agency": found.agency.name, "seal": seal_of(found)},
        "fields": [{**describe_field(each, {}), "is_ticked": each.name in names} for each in found.fields.values()],
        "count": len(names), "is_chosen": bool(chosen),
        "call": _line(visit, f"/api/v1/exchange/sandbox/{found.id}", key, body),
        "production": _line(visit, "/api/v1/exchange/pull", key, body),
        "answer": _write(_answer(sample)), "issued": issued is not None,
        "stands": stands, "agreement": agreement and agreement.id,
        "code": RefusalCode.NO_GRANT, "refusal": REFUSALS[RefusalCode.NO_GRANT], "language": language,
    }  # fmt: skip
    return show(visit, "sandbox", page, here="data_catalogue")


def _find_agreement(visit: SignedVisit, resource: Resource) -> Agreement | None:
    """What this office agreed on here for its own systems, or asked for: the one that stands before the one that waits."""
    office, services = office_of(visit), {each.slug for each in list_published(visit.now)}
    asked = list_agreements(requester=office) if office else ()
    found = [each for each in asked if each.resource == resource.id and each.service not in services]
    return next((each for each in found if each.state is AgreementState.GRANTED), found[0] if found else None)


def _body(resource: Resource, fields: tuple[str, ...], agreement: Agreement | None) -> dict[str, Any]:
    """The body of both calls: words of the agreement where there is one, else places to fill in."""
    instrument, _, article = agreement.ground.partition(" ") if agreement else ("法律文件", "", "第几条")
    return {
        "resource": resource.id, "fields": list(fields), "subject": {"id_number": NOBODY},
        "use": agreement.service if agreement else "您的用途", "purpose": agreement.purpose if agreement else "用来办什么",
        "ground": {"instrument": instrument, "article": article}, "case": "YB-2026-001",
    }  # fmt: skip


def _line(visit: SignedVisit, address: str, key: str, body: dict[str, Any]) -> str:
    """A line for a POSIX shell. What an agreement says may hold a quotation mark."""
    written = _write(body).replace("'", "'\\''")
    quoted = f'"Authorization: Bearer {key}"'
    return f"curl {visit.build_absolute_uri(address)} \\\n -H {quoted} \\\n -H 'Content-Type: application/json' \\\n -d '{written}'"


def _answer(sample: Sample) -> dict[str, Any]:
    """The heart of what the call answers."""
    facts = [
        {"field": source.removeprefix(f"{sample.resource.id}."), "state": "known", "value": _plain(fact.value)}
        for source, fact in sample.facts.items()
    ]
    denied = [{"field": source.removeprefix(f"{sample.resource.id}."), "code": str(code)} for source, code in sample.refused.items()]
    return {"resource": sample.resource.id, "agency": sample.resource.agency.id, "synthetic": True, "facts": facts, "denied": denied}


def _plain(value: object) -> object:
    match value:
        case list():
            return [{name: _plain(each) for name, each in row.items()} for row in value]
        case bool() | str() | None:
            return value
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _write(told: dict[str, Any]) -> str:
    """JSON a line for each member, and for each fact: short enough for a telephone, and the same to a machine."""
    lines = [f' "{name}": {_members(value)}' for name, value in told.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _members(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n ]"
    return json.dumps(value, ensure_ascii=False)
