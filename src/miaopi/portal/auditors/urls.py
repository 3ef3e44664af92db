"""The addresses of an auditor's desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.auditors import clues, deferrals, ledger, objections, overview, refusals

pages: list[URLPattern | URLResolver] = [
    path("desk/watch", overview.show_overview, name="watch"),
    path("desk/watch/clues", clues.show_clues, name="watch_clues"),
    path("desk/watch/refusals", refusals.show_refusals, name="watch_refusals"),
    path("desk/watch/deferrals", deferrals.show_deferrals, name="watch_deferrals"),
    path("desk/watch/deferrals/<slug:deferral>", deferrals.show_deferral, name="watch_deferral"),
    path("desk/watch/deferrals/<slug:deferral>/renew", deferrals.renew, name="watch_renew"),
    path("desk/watch/deferrals/<slug:deferral>/release", deferrals.release, name="watch_release"),
    path("desk/watch/objections", objections.show_objections, name="watch_objections"),
    path("desk/watch/ledger", ledger.show_ledger, name="watch_ledger"),
    path("desk/watch/ledger/check", ledger.check, name="watch_check"),
    path("desk/watch/entries/<int:seq>", ledger.show_entry, name="watch_entry"),
    path("desk/watch/entries/<int:seq>/proof.json", ledger.download_proof, name="watch_proof"),
]
