"""A city in which a graduate is approved and must come once. All persons are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from miaopi.apps.application.api import Application, open_application
from miaopi.apps.appointment.api import Slot, list_slots, run_due
from miaopi.apps.audit.api import Actor, system
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.fake import FakeWriter
from miaopi.apps.filing.api import prefill
from miaopi.apps.identity.api import Assertion, Role, add_staff
from miaopi.definitions import ServicePackage, find_service
from miaopi.kernel.wording import Text
from tests.unit.filing.scene import ANNA, KEEPER, NOW, Scene

SERVICE = "hukou-graduate"
WORKER = system("test.worker")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def graduate(serial: int) -> Assertion:
    """Somebody born on 1 March 2003 in Wuhan; each serial is another one."""
    body = f"42010620030301{serial:03d}"
    number = body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    return replace(ANNA, name=f"演示·毕{serial}", id_number=number, mobile=f"138{serial:08d}")


def rows_of(people: list[Assertion]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What the agencies hold of graduates of this year with everything in order."""

    def each(**fields: Any) -> list[dict[str, Any]]:
        return [{"id_number": who.id_number, **{k: v(who) if callable(v) else v for k, v in fields.items()}} for who in people]

    return {
        "population": {
            "population_basic": each(
                name=lambda who: who.name, sex="女", ethnicity="汉", birth_date="2003-03-01", former_name=None, life_status="正常",
                identity_count=1, identities_consistent=True,
            ),
            "household_registration": each(
                hukou_region_code="420106", police_station="武汉演示所", hukou_address="武汉市演示路1号", household_type="家庭户",
                status="正常", registered_on="2003-04-01", moved_out_on=None, birth_date="2003-03-01",
            ),
        },
        "education": {
            "higher_education_diploma": each(
                name=lambda who: who.name, school_name="演示大学", level="本科", form="全日制", major="演示专业", graduated_on="2026-06-30",
                certificate_no=lambda who: f"D{who.id_number[-5:]}", status="有效", mainland=True,
            ),
            "higher_education_degree": each(
                degree_level="学士", degree_name="工学学士", conferred_on="2026-06-30", certificate_no=lambda who: f"G{who.id_number[-5:]}",
                status="有效", diploma_no=lambda who: f"D{who.id_number[-5:]}",
            ),
            "graduate_employment": each(
                destination_type="签约就业", employer_name="演示公司", employer_uscc=None, in_national_plan=True, directed="否"
            ),
        },
        "hr": {"talent_introduction": []},
        "credit": {"public_credit": each(active_count=0), "dishonest_debtor": each(active_count=0)},
        "real-estate": {
            "real_estate": [],
            "hukou_collective": each(
                kind="人才市场", unit_name="演示人才市场", house_code="H1", address="演示市人才路1号", capacity=500, region_code="440304",
                police_station="福田派出所（演示）",
            ),
        },
        "criminal": {"criminal_record": each(condition_met="true", queried_at="2026-11-23T09:30:00+08:00")},
    }  # fmt: skip


class Graduates(Scene):
    """`approve` brings one graduate from consent to the invitation; `clerk` is somebody at a counter."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.people = [graduate(serial) for serial in range(1, 4)]
        self.rows = rows_of(self.people)
        self.publish()

    def open(self) -> None:
        super().open()
        run_due(by=WORKER, now=NOW)

    @property
    def package(self) -> ServicePackage:
        return find_service(SERVICE)

    def publish(self) -> None:
        """As any city, and each agency with a desk that takes acts."""
        super().publish()
        known = json.loads(self.addresses.read_text(encoding="utf-8"))
        self.addresses.write_text(json.dumps({name: {**said, "writer": {}} for name, said in known.items()}), encoding="utf-8")

    def desk(self, agency: str) -> FakeWriter:
        """Where the agency takes acts: what it has, and how it behaves."""
        found = city_directory().writer(agency)
        assert isinstance(found, FakeWriter)
        return found

    def approve(self, who: int = 0, *, now: datetime = NOW) -> tuple[Application, Actor]:
        actor = self.enter(self.people[who])
        case = open_application(service=SERVICE, version=self.package.version, applicant=actor.id, by=actor, now=now)
        prefill(number=case.number, receipt=self.consent(case, by=actor, now=now), by=actor, now=now)
        self.confirm(case, entered={}, by=actor, now=now)
        assert self.result(case, by=actor, now=now).outcome == "approve", self.result(case, by=actor, now=now).reasons
        return case, actor

    def slots(self, case: Application, actor: Actor, *, office: str | None = None, now: datetime = NOW) -> list[Slot]:
        return [slot for slot in list_slots(number=case.number, reader=actor, now=now, office=office).slots if slot.free]

    def clerk(self, staff_id: str = "clerk1", office: str = "ps-futian") -> Actor:
        return add_staff(
            staff_id=staff_id, name=Text("演示·窗口", "Demo Clerk"), role=Role.CLERK, office=office, queues=(), by=KEEPER, now=NOW
        ).actor


