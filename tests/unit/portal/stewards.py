"""Two stewards at their desks, a key of the second one's agency, and forms as they would send them without scripts. All are made up."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from django.test import Client

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import FakeAuthority, Role, StaffAssertion, add_staff, issue_agency_key, sign_in
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SESSION_COOKIE
from tests.unit.filing.scene import ANNA, KEEPER, NOW

RESOURCE = "population_basic"
USE, PURPOSE = "elder-visits", "上门看望高龄老人"
INSTRUMENT, ARTICLE = "老年人权益保障法", "第三十三条"
LAW = {"instrument": INSTRUMENT, "article": ARTICLE}
ASKED = {
    "use": USE, "purpose": PURPOSE, "instrument": INSTRUMENT, "article": ARTICLE, "until": "2027-06-30", "fields": ["name", "birth_date"],
}  # fmt: skip
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def steward(name: str, office: str) -> Actor:
    words = Text(zh=f"演示{name}", en=f"Demo {name}")
    return add_staff(staff_id=name, name=words, role=Role.STEWARD, office=office, by=KEEPER, now=NOW).actor


def at_desk(member: Actor) -> Client:
    shown = StaffAssertion(staff_id=member.id, name="演示", method="demo")
    opened = sign_in(code="code", by=KEEPER, now=NOW, authority=FakeAuthority({"code": shown}))
    client = Client(raise_request_exception=False)
    client.cookies[SESSION_COOKIE] = opened.token
    return client


def ask(client: Client, resource: str = RESOURCE, **other: Any) -> Any:
    """The request form, sent with the token of its page."""
    address = f"/desk/data/catalogue/{resource}/request"
    found = TOKEN.search(client.get(address).content.decode())
    assert found is not None
    return client.post(address, {**ASKED, "token": found[1], **other})


def asked(client: Client, **other: Any) -> str:
    """The id of the agreement that a request made."""
    answer = ask(client, **other)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"]).rpartition("/")[2].partition("?")[0]


def key_of(member: Actor) -> str:
    return issue_agency_key(label="test", expires_at=NOW + timedelta(days=30), by=member, now=NOW).token


def pull(key: str, *, address: str = "pull", **other: Any) -> Any:
    """The call that a system of an agency makes."""
    body = {
        "resource": RESOURCE, "fields": ["name"], "subject": {"id_number": ANNA.id_number}, "use": USE, "purpose": PURPOSE,
        "ground": LAW, "case": "YL-2026-7", **other,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    return Client(raise_request_exception=False).post(
        f"/api/v1/exchange/{address}", json.dumps(body), content_type="application/json", headers=headers
    )
