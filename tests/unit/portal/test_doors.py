"""Where a visitor comes from, behind a proxy and without one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from miaopi.apps.audit.api import staff
from miaopi.apps.identity.api import Role, add_staff
from miaopi.kernel.wording import Text
from miaopi.portal.doors import origin_of

PROXY = "10.0.0.2"


def origin(**headers: str) -> str:
    return origin_of(RequestFactory().get("/sign-in", REMOTE_ADDR=PROXY, **headers))


def test_without_a_proxy_the_connection_says_it_and_no_header_does() -> None:
    assert origin() == PROXY
    assert origin(HTTP_X_FORWARDED_FOR="198.51.100.7") == PROXY


def test_behind_tls_the_hop_that_the_proxy_saw_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_TLS", "1")
    assert origin(HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.7") == "198.51.100.7"
    assert origin(HTTP_X_FORWARDED_FOR="2001:DB8::1") == "2001:db8::1"


@pytest.mark.parametrize("header", ["", "unknown", "198.51.100.7,", "198.51.100.7, _hidden", "198.51.100.7:80"])
def test_behind_tls_garbage_is_no_origin(monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setenv("MIAOPI_TLS", "1")
    assert origin(HTTP_X_FORWARDED_FOR=header) == ""


def test_wrong_codes_of_one_visitor_behind_the_proxy_lock_nobody_else_out(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_TLS", "1")

    def guess(code: str, address: str) -> str:
        asked = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": f"192.0.2.1, {address}"}
        return Client().post("/sign-in", {"code": code}, **asked).content.decode()

    for attempt in range(30):
        guess(f"guess {attempt}", "198.51.100.7")
    assert "次数过多" in guess("another", "198.51.100.7")
    assert "次数过多" not in guess("another still", "198.51.100.8")


@pytest.mark.parametrize(
    ("role", "desk"), [(Role.OFFICER, "/desk"), (Role.CLERK, "/counter"), (Role.STEWARD, "/desk/data"), (Role.AUDITOR, "/desk/watch")]
)
def test_each_role_finds_its_own_desk_from_the_first_page_and_no_other(scene: Any, role: Role, desk: str) -> None:
    from tests.unit.filing.scene import KEEPER, NOW
    from tests.unit.portal.stewards import at_desk

    add_staff(staff_id="somebody", name=Text(zh="演示", en="Demo"), role=role, office="population", by=KEEPER, now=NOW)
    client = at_desk(staff("somebody", role))
    first = client.get("/").content.decode()
    assert {door for door in ("/desk", "/counter", "/desk/data", "/desk/watch") if f'href="{door}"' in first} == {desk}
    assert client.get(desk).status_code == 200
