"""STYLE.md §10: every route names its right, a public one aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from miaopi.apps.identity.api import Right
from miaopi.rest.api import api

REST = "api/v1/"


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, object]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern), entry.callback


def operations() -> Iterator[tuple[str, object]]:
    """The operations of REST: ninja hides them behind one view an address, so the right stands in each one's `auth`."""
    for bound in api._get_bound_routers():
        for address, view in bound.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {bound.prefix}{address}", operation


OURS = {REST, f"{REST}openapi.json", f"{REST}docs", f"{REST}^(?P<rest>.+)$"}  # in place of those that ninja adds by itself
ROUTES = [(address, view) for address, view in routes() if not address.startswith(REST) or address in OURS]
OPERATIONS = list(operations())


@pytest.mark.parametrize(("address", "view"), ROUTES, ids=[address or "/" for address, _ in ROUTES])
def test_a_route_names_its_right(address: str, view: object) -> None:
    assert isinstance(getattr(view, "right", None), Right), f"{address or '/'} is ungated"


@pytest.mark.parametrize(("address", "operation"), OPERATIONS, ids=[address for address, _ in OPERATIONS])
def test_an_operation_names_its_right_in_every_way_in(address: str, operation: object) -> None:
    gates = getattr(operation, "auth_callbacks", [])
    assert gates, f"{address} is ungated"
    rights = {getattr(one, "right", None) for one in gates}
    assert len(rights) == 1 and isinstance(rights.pop(), Right), address


def test_no_route_of_rest_stands_beside_the_operations() -> None:
    """Each address is one of ours, or a view over operations that were walked: ninja's own are not there."""
    found = {address for address, _ in routes() if address.startswith(REST)}
    walked = {REST + address.partition(" ")[2].strip("/").replace("{", "<").replace("}", ">") for address, _ in OPERATIONS}
    assert found - OURS == walked


def test_there_are_routes() -> None:
    assert len(ROUTES) >= 10
    assert len(OPERATIONS) >= 10


def test_every_page_has_its_twin_in_english() -> None:
    """The portal's addresses stand under `/en/` as well (ADR 0010); what only machines ask has one."""
    pages = {address for address, _ in ROUTES if not address.startswith(REST)} - {"healthz", "readyz"}
    assert {f"en/{address}" for address in pages if not address.startswith("en/")} == {each for each in pages if each.startswith("en/")}
