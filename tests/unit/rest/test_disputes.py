"""Programs of a person dispute a record and read the answer. All persons are made up."""

from __future__ import annotations

from miaopi.apps.exchange.api import answer_dispute, list_disputes
from tests.unit.approval.test_corrections import HUKOU, steward
from tests.unit.filing.scene import BEN, NOW, Scene
from tests.unit.rest.calling import Program

WRONG = {"resource": HUKOU, "field": "hukou_address", "claim": "演示路2号"}


def test_a_program_disputes_a_record_once_and_reads_the_answer(scene: Scene) -> None:
    anna = Program(scene.anna)
    made = anna.send("/me/disputes", WRONG, key="k1")
    assert made.status_code == 201
    (filed,) = made.json()["disputes"]
    assert (filed["state"], filed["agency"], filed["answer"]) == ("filed", "population", None)
    assert anna.send("/me/disputes", WRONG, key="k1").json() == made.json()
    assert len(anna.send("/me/disputes", WRONG).json()["disputes"]) == 1
    (waiting,) = list_disputes(agency="population")
    answer_dispute(dispute=waiting.id, finding="partly", answer="门牌已改。", by=steward("population"), now=NOW)
    (told,) = anna.ask("/me/disputes").json()["disputes"]
    assert (told["id"], told["state"], told["answer"]) == (filed["id"], "partly", "门牌已改。")
    assert "演示路2号" not in anna.ask("/me/disputes").content.decode()
    assert Program(scene.enter(BEN)).ask("/me/disputes").json()["disputes"] == []


def test_a_field_that_the_resource_does_not_have_is_a_mistake_of_the_caller(scene: Scene) -> None:
    answer = Program(scene.anna).send("/me/disputes", {**WRONG, "field": "nothing"})
    assert (answer.status_code, answer.json()["field"]) == (422, "field")
