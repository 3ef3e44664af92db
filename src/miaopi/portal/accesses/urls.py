"""The addresses of 谁看过我的信息."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.accesses import looks, objecting

pages: list[URLPattern | URLResolver] = [
    path("accesses", looks.show_accesses, name="accesses"),
    path("accesses/<int:seq>/proof.json", looks.download_proof, name="access_proof"),
    path("accesses/<int:seq>/object", objecting.object_to_look, name="access_object"),
    path("accesses/objections", objecting.show_objections, name="objections"),
    path("accesses/objections/<slug:objection>/withdraw", objecting.withdraw, name="objection_withdraw"),
]
