"""Confirming happens once: whoever clicks twice, in two windows, or after an answer was lost gets the same result."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from miaopi.apps.application.api import get_application, withdraw_application
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.consent.api import withdraw_consent
from miaopi.apps.filing.api import Confirmation, enter
from miaopi.apps.filing.models import Filing
from miaopi.apps.licence.models import Licence
from miaopi.kernel.errors import InputError
from tests.unit.filing.conftest import scene
from tests.unit.filing.scene import ANNA, NOW, Scene
from tests.waiting import LONG

__all__ = ["scene"]


def test_confirming_twice_gives_the_same_confirmation_and_one_decision(scene: Scene) -> None:
    case = scene.draft()
    token = scene.token(case)
    first = scene.confirm(case, token=token)
    again = scene.confirm(case, token=token, now=NOW + timedelta(minutes=1))
    assert (first.repeated, again.repeated) == (False, True)
    assert (first.round, first.facts_digest, first.confirmed_at) == (again.round, again.facts_digest, again.confirmed_at)
    assert DecisionRow.objects.filter(number=case.number).count() == Licence.objects.filter(number=case.number).count() == 1


def test_a_second_key_of_a_decided_case_gets_its_one_result(scene: Scene) -> None:
    case = scene.draft()
    first = scene.confirm(case, token="window-one")
    second = scene.confirm(case, token="window-two", entered={"purpose": "abroad"})
    assert (second.repeated, second.token, second.facts_digest) == (True, "window-one", first.facts_digest)
    assert scene.result(case).typed_values == {"purpose": "employment"}


def test_two_windows_at_once_make_one_decision(scene: Scene) -> None:
    for _ in range(5):
        case = scene.draft()
        start = Barrier(4)
        ends: list[Confirmation | Exception] = []

        def press(token: str, case: object = case, start: Barrier = start, ends: list[Confirmation | Exception] = ends) -> None:
            start.wait()
            try:
                ends.append(scene.confirm(case, token=token))  # type: ignore[arg-type]  # bound early, for the loop
            except Exception as error:  # whatever comes out of a window is looked at below
                ends.append(error)
            finally:
                connection.close()

        windows = [Thread(target=press, args=(f"window-{number}",)) for number in range(4)]
        for window in windows:
            window.start()
        for window in windows:
            window.join()
        assert all(isinstance(end, Confirmation) for end in ends), ends
        assert len({end.facts_digest for end in ends if isinstance(end, Confirmation)}) == 1
        assert sorted(end.repeated for end in ends if isinstance(end, Confirmation)) == [False, True, True, True]
        assert DecisionRow.objects.filter(number=case.number).count() == Licence.objects.filter(number=case.number).count() == 1


@pytest.mark.parametrize(
    ("entered", "field"),
    [({}, "purpose"), ({"purpose": "holiday"}, "purpose"), ({"purpose": "abroad", "colour": "red"}, "colour"),
     ({"purpose": "abroad", "person.name": "别人"}, "person.name")],
)
def test_a_bad_entry_confirms_nothing_and_names_its_field(scene: Scene, entered: dict[str, object], field: str) -> None:
    case = scene.draft()
    with pytest.raises(InputError) as refused:
        scene.confirm(case, entered=entered)
    assert refused.value.field == field
    assert get_application(number=case.number, reader=scene.anna).state == "draft"
    assert DecisionRow.objects.count() == 0
    scene.confirm(case)
    assert {each.fact: each.value for each in scene.result(case).prefilled}["person.name"] == ANNA.name


def test_consent_withdrawn_before_confirming_is_said_and_nothing_is_filed(scene: Scene) -> None:
    case = scene.draft()
    token = scene.token(case)
    withdraw_consent(receipt=Filing.objects.get(number=case.number).receipt, by=scene.anna, now=NOW)
    with pytest.raises(InputError, match="you withdrew your consent; draft and pulled values were erased and nothing was filed"):
        scene.confirm(case, token=token)
    assert Filing.objects.get(number=case.number).content is None
    assert DecisionRow.objects.count() == 0
    assert scene.result(case).erased_for == "consent_withdrawn"


def test_an_application_withdrawn_before_confirming_stays_withdrawn(scene: Scene) -> None:
    case = scene.draft()
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    with pytest.raises(InputError, match="you withdrew the application"):
        scene.confirm(case, token="t")
    assert get_application(number=case.number, reader=scene.anna).state == "withdrawn"
    assert DecisionRow.objects.count() == 0


def test_a_withdrawal_while_sources_are_asked_wins(scene: Scene) -> None:
    case = scene.draft()
    scene.set_mode("criminal", "slow")
    arrived = scene.arrival("criminal")
    said: list[Exception | Confirmation] = []

    def press() -> None:
        try:
            said.append(scene.confirm(case, token="slow"))
        except InputError as error:
            said.append(error)
        finally:
            connection.close()

    window = Thread(target=press)
    window.start()
    assert arrived.wait(LONG)  # it waits for the agency now, for a while
    withdraw_consent(receipt=Filing.objects.get(number=case.number).receipt, by=scene.anna, now=NOW)
    window.join()
    assert isinstance(said[0], Exception)
    assert "withdrew your consent" in str(said[0])
    assert get_application(number=case.number, reader=scene.anna).state == "draft"
    assert DecisionRow.objects.count() == 0


def test_a_draft_changed_in_another_window_is_looked_at_again(scene: Scene) -> None:
    case = scene.draft()
    scene.set_mode("criminal", "slow")
    arrived = scene.arrival("criminal")
    said: list[Exception | Confirmation] = []

    def press() -> None:
        try:
            said.append(scene.confirm(case, token="slow"))
        except InputError as error:
            said.append(error)
        finally:
            connection.close()

    window = Thread(target=press)
    window.start()
    assert arrived.wait(LONG)
    enter(number=case.number, values={"delivery": "counter"}, by=scene.anna, now=NOW)
    window.join()
    assert "changed in another window" in str(said[0])
    scene.set_mode("criminal", "up")
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
