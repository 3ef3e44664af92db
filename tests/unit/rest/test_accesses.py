"""A hundred looks at Anna and a hundred at others: she sees hers, each with its proof; later ones are counted, and then shown (Show 7)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from miaopi.apps.approval.api import read_case, read_log
from miaopi.apps.audit.api import Actor, list_entries, sequence, sign_checkpoint, staff, system
from miaopi.apps.exchange.api import Duty, Terms, approve_agreement, pull, read_visibility, request_agreement
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.kernel.wording import Text
from tests.outside import verify_proof
from tests.unit.approval.office import officer, referred
from tests.unit.filing.scene import ANNA, BEN, KEEPER, NOW, ROOT, rows_of
from tests.unit.portal.browsing import visit
from tests.unit.rest.calling import Program, refused
from tests.waiting import LONG

LOOKS, BY_STAFF, DEFERRED, WITHHELD = 100, 10, 25, 5
LATE_IN_CASE = 5  # of the deferred ones: those that name her own case
DAY = timedelta(days=1)
RELEASED = NOW + 20 * DAY
ASKER, PROVIDER = staff("asker", "steward"), staff("provider", "steward")
LAW = "演示侦查规定 第一条"
FIELDS = {"population_basic": ("name", "birth_date")}
OPEN, LATE, NEVER = (Duty(f"uses-{name}", f"M-{name}", "演示履职规定", "第二条") for name in ("open", "late", "never"))


def agree(duty: Duty, visibility: str) -> None:
    terms = Terms(
        fields=FIELDS["population_basic"], starts_at=NOW, ends_at=NOW + 300 * DAY, visibility=read_visibility(visibility),
        hidden_by="" if visibility == "immediate" else LAW,
    )  # fmt: skip
    asked = request_agreement(
        resource="population_basic", service=duty.service, purpose=duty.duty, ground=duty.duty, terms=terms, by=ASKER, now=NOW
    )
    approve_agreement(agreement=asked.id, by=PROVIDER, now=NOW)


def look(subject: str, duty: Duty, times: int) -> None:
    for _ in range(times):
        pull(subject=subject, asks=FIELDS, ground=duty, deadline=timedelta(seconds=LONG), by=system("test.agency"), now=NOW)


def positions(subject: str, where: str = "true") -> list[int]:
    """Where the log has the looks at a person, read past the room that keeps it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM audit_entry JOIN audit_position ON entry_id = id WHERE is_access AND subject = %s AND "
            + where + " ORDER BY seq DESC",
            [pseudonym(subject)],
        )
        return [seq for (seq,) in cursor.fetchall()]


def pages(program: Program, **query: str) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while cursor is not None:
        page = program.ask("/me/accesses", limit="30", **query, **({"cursor": cursor} if cursor else {})).json()
        found += page["accesses"]
        cursor = page["next"]
    return found


class Looked:
    """The city after all that, and the two of them: Anna and Ben, who are married; the looks at Ben were made in Anna's case as well."""

    def __init__(self, scene: Any) -> None:
        for agency, rows in rows_of(BEN).items():
            for resource, more in rows.items():
                scene.rows[agency][resource] += more
        for member, office in ((ASKER, "civil-affairs"), (PROVIDER, "population")):
            add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        self.anna: Actor = scene.anna
        self.ben: Actor = scene.enter(BEN)
        for duty, visibility in ((OPEN, "immediate"), (LATE, "deferred:20d"), (NEVER, "withheld")):
            agree(duty, visibility)
        self.case = referred(scene)
        clerk = officer()
        for _ in range(BY_STAFF):
            read_case(number=self.case.number, by=clerk, now=NOW)
        sequence()
        begun = len(positions(self.anna.id))
        in_her_case = Duty(OPEN.service, self.case.number, OPEN.instrument, OPEN.article)
        look(self.anna.id, LATE, DEFERRED - LATE_IN_CASE)
        look(self.anna.id, Duty(LATE.service, self.case.number, LATE.instrument, LATE.article), LATE_IN_CASE)
        look(self.ben.id, in_her_case, LOOKS - 30)
        look(self.ben.id, LATE, 30)
        look(self.anna.id, NEVER, WITHHELD)
        look(self.anna.id, OPEN, LOOKS - begun - DEFERRED - WITHHELD)
        sequence()
        sign_checkpoint(now=NOW)


def verify(proof: dict[str, Any], key: str) -> None:
    assert verify_proof.check(json.dumps(proof, ensure_ascii=False), key)


def look_for_leaks(city: Looked) -> None:
    """No page, no program, no proof and no objection tells anything of a later look but the count."""
    anna, client = Program(city.anna), visit(ANNA)
    number = city.case.number
    hidden = positions(city.anna.id, "deferral IS NOT NULL") + positions(city.ben.id, "deferral IS NOT NULL")
    proof = anna.ask("/ledger/proof", number=number, kind="exchange.DataPulled").json()
    assert proof["leaf_index"] not in hidden
    assert not {each.seq for each in list_entries(number=number)} & set(hidden)
    auditor = officer("auditor1", role=Role.AUDITOR)
    assert len({each.seq for each in read_log(number=number, by=auditor, now=NOW)} & set(hidden)) == LATE_IN_CASE
    for seq in (hidden[0], hidden[-1], 10**9):
        said = [
            client.get(f"/accesses/{seq}/proof.json"), client.get(f"/accesses/{seq}/object"),
            client.post(f"/accesses/{seq}/object", {"words": "演示"}),
        ]  # fmt: skip
        assert [each.status_code for each in said] == [404, 404, 404]
        refused(anna.send(f"/me/accesses/{seq}/objections", {"words": "演示"}), 404)
    walked, address = "", "/accesses"
    while address:
        page = client.get(address).content.decode()
        walked += page
        address = page.split('href="/accesses?before=', 1)[1].split('"', 1)[0] if 'href="/accesses?before=' in page else ""
        address = f"/accesses?before={address}" if address else ""
    for page in (walked, client.get(f"/applications/{number}").content.decode(), anna.ask(f"/applications/{number}").content.decode()):
        assert "uses-late" not in page and LATE.application not in page and LAW not in page
        assert not any(f"/accesses/{seq}/" in page for seq in hidden)
    assert "另有依法暂不显示的查看，已经计数：" in walked and "25次最迟2027年1月1日显示" in walked and "5次依法解除后才显示" in walked


def look_for_the_spouse(city: Looked) -> None:
    """By her own case she gets a proof of what is about her, or about nobody; he sees what is about him, and she does not."""
    anna, ben = Program(city.anna), Program(city.ben)
    at_him = {each["seq"] for each in pages(ben)}
    assert at_him == set(positions(city.ben.id, "deferral IS NULL")) and len(at_him) == LOOKS - 30
    assert not at_him & {each["seq"] for each in pages(anna)}
    proof = anna.ask("/ledger/proof", number=city.case.number, kind="exchange.DataPulled").json()
    assert json.loads(proof["entry"])["body"]["subject"] == pseudonym(city.anna.id)
    assert city.case.number in {each["number"] for each in pages(ben)}
    refused(ben.ask("/ledger/proof", number=city.case.number, kind="exchange.DataPulled"), 404)


def test_she_sees_exactly_hers_with_proof_and_the_later_ones_on_their_date(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Looked(scene)
    anna, ben, key = Program(city.anna), Program(city.ben), Program().ask("/ledger/checkpoint").json()["key"]
    assert len(positions(city.anna.id)) == LOOKS and len(positions(city.ben.id)) == LOOKS
    hidden = positions(city.anna.id, "deferral IS NOT NULL")
    seen = pages(anna)
    assert [each["seq"] for each in seen] == positions(city.anna.id, "deferral IS NULL")
    assert len(seen) == LOOKS - DEFERRED - WITHHELD
    told = anna.ask("/me/accesses", limit="1").json()
    assert (told["deferred"], told["withheld"]) == ([{"before": "2027-01-01", "count": DEFERRED}], WITHHELD)
    by = {show: [each["seq"] for each in pages(anna, show=show)] for show in ("staff", "duty", "own", "released", "refused")}
    assert len(by["staff"]) == BY_STAFF and by["released"] == [] == by["refused"]
    assert sorted(by["staff"] + by["duty"] + by["own"], reverse=True) == [each["seq"] for each in seen]
    for each in seen:
        verify(anna.ask(f"/me/accesses/{each['seq']}/proof").json(), key)
    refused(ben.ask(f"/me/accesses/{seen[0]['seq']}/proof"), 404)
    nothing = refused(anna.ask(f"/me/accesses/{10**9}/proof"), 404)["detail"]
    assert {refused(anna.ask(f"/me/accesses/{seq}/proof"), 404)["detail"] for seq in hidden} == {nothing}
    look_for_leaks(city)
    look_for_the_spouse(city)

    monkeypatch.setenv("MIAOPI_CLOCK", (RELEASED - timedelta(seconds=1)).isoformat())
    assert [each["seq"] for each in pages(anna)] == [each["seq"] for each in seen]
    monkeypatch.setenv("MIAOPI_CLOCK", RELEASED.isoformat())
    after = pages(anna)
    shown = [each for each in after if each["shown_from"]]
    assert len(after) == LOOKS - WITHHELD and len(shown) == DEFERRED
    assert {datetime.fromisoformat(each["shown_from"]) for each in shown} == {RELEASED}
    assert {datetime.fromisoformat(each["at"]) for each in shown} == {NOW}
    assert [each["seq"] for each in pages(anna, show="released")] == [each["seq"] for each in shown]
    told = anna.ask("/me/accesses", limit="1").json()
    assert (told["deferred"], told["withheld"]) == ([], WITHHELD)
    proofs = [anna.ask(f"/me/accesses/{each['seq']}/proof").json() for each in shown]
    for proof in proofs:
        verify(proof, key)
    stranger = [sys.executable, str(ROOT / "tests/outside/verify_proof.py"), "--key", key]
    assert subprocess.run(stranger, input=json.dumps(proofs[0]), text=True, capture_output=True, check=True).stdout.startswith("valid")
    print(f"of {LOOKS} looks at her {len(seen)} seen and proved, {DEFERRED} deferred and {WITHHELD} withheld; then {len(after)} seen")


def test_she_objects_by_program_once_and_reads_the_answer(scene: Any) -> None:
    anna = Program(scene.anna)
    referred(scene)
    sequence()
    sign_checkpoint(now=NOW)
    seq = anna.ask("/me/accesses").json()["accesses"][0]["seq"]
    made = anna.send(f"/me/accesses/{seq}/objections", {"words": "演示：为什么看"}, key="k1")
    assert made.status_code == 201 and made.json()["state"] == "filed"
    assert anna.send(f"/me/accesses/{seq}/objections", {"words": "演示：为什么看"}, key="k1").json() == made.json()
    assert refused(anna.send(f"/me/accesses/{seq}/objections", {"words": "演示：再问"}), 422)["field"] == "look"
    refused(anna.send(f"/me/accesses/{seq}/objections", {"words": ""}), 422)
    [own] = anna.ask("/me/objections").json()["objections"]
    assert (own["id"], own["words"], own["answer"]) == (made.json()["id"], "演示：为什么看", "")
    assert Program(scene.enter(BEN)).ask("/me/objections").json()["objections"] == []
