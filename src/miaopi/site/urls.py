"""The root of all addresses. An error that no page caught is told by the handlers named here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

from miaopi.portal import urls as portal
from miaopi.site.health import tell_alive, tell_ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", tell_alive, name="alive"),
    path("readyz", tell_ready, name="ready"),
    # named, so that it is read when the first program comes: what REST needs doubles the time until a page can be served
    URLResolver(RoutePattern("api/v1/"), "miaopi.rest.urls", app_name="rest", namespace="rest"),
    path("", include(portal.urlpatterns)),
]
handler400 = "miaopi.site.refusals.refuse_unreadable"
handler404 = "miaopi.portal.problems.not_found"
handler500 = "miaopi.site.refusals.tell_our_fault"
