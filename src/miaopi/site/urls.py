"""The root of all addresses. An error that no page caught is told by the handlers named here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from miaopi.portal import urls as portal
from miaopi.site.health import tell_alive, tell_ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", tell_alive, name="alive"),
    path("readyz", tell_ready, name="ready"),
    path("", include(portal.urlpatterns)),
]
handler400 = "miaopi.site.refusals.refuse_unreadable"
handler404 = "miaopi.portal.problems.not_found"
handler500 = "miaopi.site.refusals.tell_our_fault"
