"""For a stranger at a counter: what a licence is worth that somebody shows. No sign-in, and who asks is not written down."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from miaopi.apps.identity.api import Right
from miaopi.apps.licence.api import compute_trust, verify_credential
from miaopi.kernel.credential import Reason, Verdict, read_trust
from miaopi.kernel.wording import Text
from miaopi.portal.gate import Visit, open_gate
from miaopi.portal.language import Language, language_of, show_moment

KEYS: Final = "/api/v1/licences/trust-bundle"
LONGEST: Final = 8_000  # characters; the largest QR code holds 4,296
NOTHING: Final = Text(zh="请粘贴二维码里的文字，或选一个文件。", en="Paste the text of the code, or choose a file.")
STEPS: Final = (
    (frozenset({Reason.UNREADABLE, Reason.UNKNOWN_FORMAT}), Text(zh="是我们的证照，读得出来", en="A licence of ours that can be read")),
    (frozenset({Reason.UNKNOWN_KEY}), Text(zh="签名的公钥在可信名单里", en="The key that signed it is trusted")),
    (frozenset({Reason.SIGNATURE}), Text(zh="是出具单位签的，一个字也没改过", en="The issuer signed it; nothing was altered")),
    (frozenset({Reason.NOT_YET_VALID, Reason.EXPIRED}), Text(zh="在有效期内", en="It is within its time")),
    (frozenset({Reason.REVOKED, Reason.STALE}), Text(zh="没有被撤销或换新", en="It was neither revoked nor replaced")),
)
MOMENTS: Final = ("issued_at", "expires_at")
SHOWN: Final = {
    "name": Text(zh="姓名（遮一部分）", en="Name, in part"),
    "identifier": Text(zh="证照编号", en="Licence"),
    "issuer": Text(zh="出具系统", en="Issuing system"),
    "issued_at": Text(zh="出具日期", en="Issued on"),
    "expires_at": Text(zh="有效期至", en="Valid to"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@open_gate(Right.VERIFY_LICENCE)
def verify(visit: Visit) -> HttpResponse:
    if visit.method != "POST":
        return render(visit, "portal/licences/verify.html", {"keys": KEYS})
    file = visit.FILES.get("file")
    brought: str | bytes = file.read() if file else visit.POST.get("text", "").strip()
    if not brought or (isinstance(brought, str) and len(brought) > LONGEST):
        problem = {"anchor": "text", "field": "text", "text": NOTHING}
        return render(visit, "portal/licences/verify.html", {"problem": problem, "keys": KEYS}, status=422)
    verdict = verify_credential(brought, trust=read_trust(compute_trust(visit.now)), at=visit.now)
    return render(visit, "portal/licences/verdict.html", _tell(verdict, visit, language_of(visit)))


def _tell(verdict: Verdict, visit: Visit, language: Language) -> dict[str, Any]:
    claims = verdict.claims or {}
    heading = (
        Text(zh="这张证照是真的，现在有效", en="This licence is genuine and valid now") if verdict.is_valid
        else Text(zh="不能接受这张证照", en="Do not accept this licence")
    )  # fmt: skip
    return {
        "tone": "approve" if verdict.is_valid else "refuse", "heading": heading, "text": verdict.words,
        "at": show_moment(visit.now, language), "steps": _steps(verdict.reason), "title": verdict.title, "is_valid": verdict.is_valid,
        "claims": [
            {"name": name, "value": str(claims[key])[:10] if key in MOMENTS else claims[key]}
            for key, name in SHOWN.items() if key in claims
        ],
    }  # fmt: skip



def _steps(reason: Reason | None) -> list[dict[str, object]]:
    """What was checked, in its order: what comes after the one that failed was not looked at."""
    shown: list[dict[str, object]] = []
    for reasons, text in STEPS:
        if shown and shown[-1]["sign"] != "yes":
            shown.append({"tone": "wait", "sign": "unknown", "word": Text(zh="没有查：", en="Not looked at: "), "text": text})
        elif reason in reasons:
            shown.append({"tone": "refuse", "sign": "no", "word": Text(zh="不对：", en="Failed: "), "text": text})
        else:
            shown.append({"tone": "approve", "sign": "yes", "word": Text(zh="查过：", en="Checked: "), "text": text})
    return shown
