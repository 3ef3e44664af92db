"""One's own licences: the list, the paper with its code, the pass for a counter, and files to keep."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from miaopi.apps.identity.api import Right
from miaopi.apps.licence.api import Licence, State, draw_qr, get_own_licence, list_licences, make_pdf
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.result import show_licence

TONES: Final = {State.ACTIVE: ("approve", "yes"), State.SUPERSEDED: ("redirect", "turn"), State.REVOKED: ("refuse", "no"),
                State.EXPIRED: ("wait", "clock")}  # fmt: skip
SAID: Final = {
    State.SUPERSEDED: Text(zh="这一份已换成新的，请出示最新的一份。", en="It was replaced; show the latest version."),
    State.REVOKED: Text(zh="这一份已被撤销，不能再用。", en="It was revoked and does not count any more."),
    State.EXPIRED: Text(zh="这一份已过有效期，不能再用。", en="It has expired and does not count any more."),
}
NOT_SIGNED: Final = Text(zh="证照已经出具，数字签名还没加好，请过一秒再看。", en="It is issued but not signed yet; look again in a second.")


@require_safe
@gate(Right.READ_OWN_LICENCE)
def list_own(visit: SignedVisit) -> HttpResponse:
    """The latest version of each; those that count stand first."""
    licences = list_licences(reader=visit.actor, now=visit.now)
    shown = sorted(licences, key=lambda licence: licence.state is not State.ACTIVE)
    return render(visit, "portal/licences/list.html", {"licences": [_line(licence) for licence in shown]})


@require_safe
@gate(Right.READ_OWN_LICENCE)
def show(visit: SignedVisit, licence: str) -> HttpResponse:
    held = get_own_licence(licence=licence, reader=visit.actor, now=visit.now)
    page = _line(held) | {"licence": show_licence(held), "qr": _qr(held), "said": SAID.get(held.state)}
    return render(visit, "portal/licences/one.html", page)


@require_safe
@gate(Right.READ_OWN_LICENCE)
def show_pass(visit: SignedVisit, licence: str) -> HttpResponse:
    """The code alone, as large as the screen allows, for whoever scans it."""
    held = get_own_licence(licence=licence, reader=visit.actor, now=visit.now)
    if held.credential is None:
        raise NotFound(NOT_SIGNED)
    page = _line(held) | {"qr": _qr(held), "said": SAID.get(held.state), "issuer": held.issuer}
    return render(visit, "portal/licences/pass.html", page)


@require_safe
@gate(Right.READ_OWN_LICENCE)
def download_pdf(visit: SignedVisit, licence: str) -> HttpResponse:
    held = get_own_licence(licence=licence, reader=visit.actor, now=visit.now)
    return _file(make_pdf(held), "application/pdf", f"{held.licence_identifier}.pdf")


@require_safe
@gate(Right.READ_OWN_LICENCE)
def download_text(visit: SignedVisit, licence: str) -> HttpResponse:
    """The signed note: words and signature, readable by anybody."""
    held = get_own_licence(licence=licence, reader=visit.actor, now=visit.now)
    if held.signed_text is None:
        raise NotFound(NOT_SIGNED)
    return _file(held.signed_text.encode(), "text/plain; charset=utf-8", f"{held.licence_identifier}.txt")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _qr(held: Licence) -> SafeString:
    return mark_safe(draw_qr(held)) if held.credential is not None else SafeString("")  # noqa: S308 - made of numbers and our own titles


def _line(held: Licence) -> dict[str, Any]:
    tone, sign = TONES[held.state]
    return {
        "id": held.id, "title": held.title, "identifier": held.licence_identifier, "issued_on": held.issued_on,
        "valid_to": held.valid_to, "state": held.state_words, "tone": tone, "sign": sign, "number": held.number,
        "counts": held.state is State.ACTIVE, "is_signed": held.credential is not None,
    }  # fmt: skip
