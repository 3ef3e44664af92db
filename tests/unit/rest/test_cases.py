"""Officers by REST: the queue, a case, decisions, and who may not."""

from __future__ import annotations

from typing import Any

from miaopi.apps.identity.api import Role
from tests.unit.approval.office import officer, referred
from tests.unit.filing.scene import ANNA
from tests.unit.rest.calling import Program, refused

REASON = {"zh": "经核实，不是同一个人。"}
BASIS = {"instrument": "公安机关办理犯罪记录查询工作规定", "article": "第十条"}
DECISION = {"outcome": "approve", "reason": REASON, "basis": BASIS}


def test_a_case_goes_from_the_queue_to_its_decision(scene: Any) -> None:
    case, zhou = referred(scene), Program(officer())
    (line,) = zhou.ask("/cases").json()["cases"]
    assert line["number"] == case.number
    assert ANNA.name not in str(line)
    read = zhou.ask(f"/cases/{case.number}").json()
    assert read["applicant"] == ANNA.name
    assert read["facts"][0]["in_question"]
    assert read["may"] == ["take"]
    refused(zhou.send(f"/cases/{case.number}/decide", DECISION), 422)
    assert zhou.send(f"/cases/{case.number}/take").json()["taken_by"] == "officer1"
    assert zhou.send(f"/cases/{case.number}/decide", DECISION).json()["outcome"] == "approve"
    said = Program(scene.anna).ask(f"/applications/{case.number}").json()
    assert (said["outcome"], said["decided_by"]) == ("approve", "officer1")


def test_a_supplement_and_putting_back(scene: Any) -> None:
    case, zhou = referred(scene), Program(officer())
    zhou.send(f"/cases/{case.number}/take")
    assert zhou.send(f"/cases/{case.number}/put-back").json()["taken_by"] is None
    zhou.send(f"/cases/{case.number}/take")
    refused(zhou.send(f"/cases/{case.number}/supplement", {"defects": []}), 422)
    defect = {"fact": "purpose", "text": {"zh": "用途不清楚。"}, "remedy": {"zh": "请重新选择。"}}
    assert zhou.send(f"/cases/{case.number}/supplement", {"defects": [defect]}).json()["outcome"] == "supplement"
    assert zhou.ask("/cases").json()["cases"][0]["clock_stopped_at"] is not None
    assert Program(scene.anna).ask(f"/applications/{case.number}").json()["ahead"]["cures"][0]["fact"] == "purpose"


def test_who_may_not_is_told_so_and_other_queues_do_not_exist(scene: Any) -> None:
    case = referred(scene)
    for program in (Program(scene.anna), Program(officer("clerk1", role=Role.CLERK))):
        refused(program.ask("/cases"), 403)
        refused(program.ask(f"/cases/{case.number}"), 403)
    refused(Program().ask("/cases"), 401)
    other = Program(officer("officer3", queues=("elsewhere",)))
    assert other.ask("/cases").json()["cases"] == []
    refused(other.ask(f"/cases/{case.number}"), 404)
    refused(Program(officer()).ask("/applications"), 403)
