"""The addresses of the API under `/api/v1/`: what the operations say, and the documentation of ours in place of ninja's own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from miaopi.rest.api import api
from miaopi.rest.docs import lead_to_docs, nothing_here, show_docs, show_schema
from miaopi.rest.problems import polite


def _operations() -> list[URLPattern]:
    """Those of ninja without the root that it adds by itself."""
    patterns = [each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
    for pattern in patterns:
        pattern.callback = polite(pattern.callback)
    return patterns


app_name = "rest"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lead_to_docs, name="root"),
    path("openapi.json", show_schema, name="schema"),
    path("docs", show_docs, name="docs"),
    *_operations(),
    re_path(r"^(?P<rest>.+)$", polite(nothing_here), name="nothing"),
]
