"""STYLE.md §10: every route names its right, a public one aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from miaopi.apps.identity.api import Right


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, object]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern), entry.callback


ROUTES = list(routes())


@pytest.mark.parametrize(("address", "view"), ROUTES, ids=[address or "/" for address, _ in ROUTES])
def test_a_route_names_its_right(address: str, view: object) -> None:
    assert isinstance(getattr(view, "right", None), Right), f"{address or '/'} is ungated"


def test_there_are_routes() -> None:
    assert len(ROUTES) >= 10


def test_every_page_has_its_twin_in_english() -> None:
    """The portal's addresses stand under `/en/` as well (ADR 0010); what only machines ask has one."""
    pages = {address for address, _ in ROUTES} - {"healthz", "readyz"}
    assert {f"en/{address}" for address in pages if not address.startswith("en/")} == {each for each in pages if each.startswith("en/")}
