"""What goes into a draft, who may put it there, and how it is forgotten. All persons are made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from miaopi.apps.application.api import Application, get_application, open_application, withdraw_application
from miaopi.apps.consent.api import withdraw_consent
from miaopi.apps.filing.api import OpenDraft, dispute, enter, get_draft, prefill
from miaopi.apps.filing.models import Filing
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.fact import Absent, Disputed, Doubt, Known, Unknown
from tests.unit.filing.scene import ANNA, BEN, NOW, SERVICE, Scene


def draft_of(scene: Scene, case: Application) -> OpenDraft:
    return get_draft(number=case.number, reader=scene.anna, now=NOW)


def row_of(case: Application) -> Filing:
    return Filing.objects.get(number=case.number)


def test_prefilled_values_carry_their_source_and_time(scene: Scene) -> None:
    draft = draft_of(scene, scene.draft())
    assert draft.facts["person.name"] == Known(ANNA.name, source="population_basic", obtained_at=NOW)
    assert draft.facts["hukou.police_station"] == Known("演示派出所", source="household_registration", obtained_at=NOW)
    assert draft.facts["account.mobile"] == Known(ANNA.mobile, source="unified_identity", obtained_at=NOW)
    assert draft.missing == ("purpose",)
    assert draft.facts["delivery"] == Known("electronic", source="default")


def test_a_sensitive_source_is_not_asked_before_she_confirms(scene: Scene) -> None:
    draft = draft_of(scene, scene.draft())
    assert "criminal.condition_met" not in draft.facts


def test_a_source_is_asked_only_where_the_form_or_a_rule_needs_it(scene: Scene) -> None:
    assert "residence.since" not in draft_of(scene, scene.draft()).facts
    scene.change("population", "household_registration", hukou_region_code="450103")
    draft = draft_of(scene, scene.draft())
    assert draft.facts["residence.since"] == Absent(source="residence_registration", obtained_at=NOW)


def test_a_silent_source_leaves_the_rest_of_the_draft(scene: Scene) -> None:
    scene.change("population", "household_registration", hukou_region_code="450103")
    scene.set_mode("residence", "down")
    draft = draft_of(scene, scene.draft())
    assert draft.facts["residence.since"] == Unknown(Doubt.UNAVAILABLE, source="residence_registration", since=NOW)
    assert isinstance(draft.facts["person.name"], Known)


def test_a_draft_stands_sealed_and_opens_for_this_case_alone(scene: Scene) -> None:
    case, other = scene.draft(), scene.draft()
    row = row_of(case)
    for clear in (ANNA.name, ANNA.id_number, ANNA.mobile):
        assert clear.encode() not in bytes(row.content or b"")
    Filing.objects.filter(number=other.number).update(content=row.content)
    with pytest.raises(ValueError, match="does not open"):
        draft_of(scene, other)


def test_somebody_elses_draft_answers_like_one_that_does_not_exist(scene: Scene) -> None:
    case, ben = scene.draft(), scene.enter(BEN)
    before = row_of(case).revision
    calls: list[Callable[[], object]] = [
        lambda: get_draft(number=case.number, reader=ben, now=NOW),
        lambda: enter(number=case.number, values={"purpose": "abroad"}, by=ben, now=NOW),
        lambda: dispute(number=case.number, fact="person.name", by=ben, now=NOW),
        lambda: prefill(number=case.number, receipt=row_of(case).receipt, by=ben, now=NOW),
        lambda: scene.confirm(case, by=ben, token="t"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="no application of this number"):
            call()
    assert row_of(case).revision == before


def test_another_cases_consent_fills_nothing(scene: Scene) -> None:
    case, other = scene.draft(), scene.draft()
    with pytest.raises(RightsError):
        prefill(number=case.number, receipt=row_of(other).receipt, by=scene.anna, now=NOW)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"favourite_colour": "red"}, "favourite_colour", "no such fact"),
        ({"purpose": "holiday"}, "purpose", "no such option"),
        ({"purpose": ["employment"]}, "purpose", "not written in its form"),
        ({"account.mobile": "1" * 501}, "account.mobile", "not written in its form"),
        ({"account.mobile": "138\n0000"}, "account.mobile", "not written in its form"),
        ({"person.name": "别人"}, "person.name", "cannot be changed here"),
        ({"person.identity_count": "two"}, "person.identity_count", "cannot be changed here"),
        ({"account.assurance_level": "3.5"}, "account.assurance_level", "cannot be changed here"),
        ({"permit.endorsed_to": "2030-01-01"}, "permit.endorsed_to", "cannot be changed here"),
        ({"criminal.condition_met": "true"}, "criminal.condition_met", "cannot be changed here"),
        ({"hukou_here": "true"}, "hukou_here", "no such fact"),
    ],
)
def test_what_may_not_be_entered_names_its_field_and_changes_nothing(
    scene: Scene, values: dict[str, object], field: str, said: str
) -> None:
    case = scene.draft()
    before = draft_of(scene, case)
    with pytest.raises(InputError, match=said) as refused:
        enter(number=case.number, values={"purpose": "abroad", **values}, by=scene.anna, now=NOW)
    assert refused.value.field == field
    assert "别人" not in str(refused.value) + refused.value.text.zh
    assert draft_of(scene, case) == before


def test_a_locked_value_sent_back_unchanged_is_no_offence(scene: Scene) -> None:
    case = scene.draft()
    enter(number=case.number, values={"person.name": ANNA.name, "person.identity_count": "1", "purpose": "abroad"}, by=scene.anna, now=NOW)
    draft = draft_of(scene, case)
    assert draft.entered == {"purpose"}
    assert draft.facts["person.name"] == Known(ANNA.name, source="population_basic", obtained_at=NOW)


def test_what_is_hers_takes_her_value_and_gives_it_back(scene: Scene) -> None:
    case = scene.draft()
    enter(number=case.number, values={"account.mobile": "13911112222"}, by=scene.anna, now=NOW)
    assert draft_of(scene, case).facts["account.mobile"] == Known("13911112222", source="applicant", obtained_at=NOW)
    enter(number=case.number, values={"account.mobile": ""}, by=scene.anna, now=NOW)
    assert draft_of(scene, case).facts["account.mobile"] == Known(ANNA.mobile, source="unified_identity", obtained_at=NOW)


def test_a_disputed_value_is_kept_and_no_longer_counts(scene: Scene) -> None:
    case = scene.draft()
    dispute(number=case.number, fact="hukou.region_code", by=scene.anna, now=NOW)
    draft = draft_of(scene, case)
    assert draft.facts["hukou.region_code"] == Disputed(Known("440305", source="household_registration", obtained_at=NOW))
    for fact, said in (("account.mobile", "yours to change"), ("purpose", "no such value"), ("nothing", "no such value")):
        with pytest.raises(InputError, match=said):
            dispute(number=case.number, fact=fact, by=scene.anna, now=NOW)


def test_entering_in_two_windows_loses_neither(scene: Scene) -> None:
    case = scene.draft()
    enter(number=case.number, values={"purpose": "abroad"}, by=scene.anna, now=NOW)
    enter(number=case.number, values={"delivery": "counter"}, by=scene.anna, now=NOW)
    assert draft_of(scene, case).entered == {"purpose", "delivery"}


def test_two_windows_that_prefill_at_once_keep_one_draft(scene: Scene) -> None:
    case = open_application(service=SERVICE, version=scene.package.version, applicant=scene.anna.id, by=scene.anna, now=NOW)
    receipt, start, failed = scene.consent(case), Barrier(3), []

    def fill() -> None:
        start.wait()
        try:
            prefill(number=case.number, receipt=receipt, by=scene.anna, now=NOW)
        except Exception as error:  # whatever comes out of a window is looked at below
            failed.append(error)
        finally:
            connection.close()

    windows = [Thread(target=fill) for _ in range(3)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert failed == []
    assert isinstance(draft_of(scene, case).facts["person.name"], Known)


def test_withdrawing_consent_erases_the_draft_at_once(scene: Scene) -> None:
    case = scene.draft()
    withdraw_consent(receipt=row_of(case).receipt, by=scene.anna, now=NOW)
    row = row_of(case)
    assert (row.content, row.erased_for, row.erased_at) == (None, "consent_withdrawn", NOW)
    assert get_application(number=case.number, reader=scene.anna).state == "draft"
    with pytest.raises(InputError, match="you withdrew your consent") as told:
        enter(number=case.number, values={"purpose": "abroad"}, by=scene.anna, now=NOW)
    assert "撤回" in told.value.text.zh


def test_a_new_consent_begins_the_draft_anew(scene: Scene) -> None:
    case = scene.draft()
    enter(number=case.number, values={"purpose": "abroad"}, by=scene.anna, now=NOW)
    withdraw_consent(receipt=row_of(case).receipt, by=scene.anna, now=NOW)
    prefill(number=case.number, receipt=scene.consent(case), by=scene.anna, now=NOW)
    draft = draft_of(scene, case)
    assert (draft.erased_for, draft.entered, draft.missing) == ("", frozenset(), ("purpose",))
    assert isinstance(draft.facts["person.name"], Known)


def test_withdrawing_the_application_erases_the_draft_too(scene: Scene) -> None:
    case = scene.draft()
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    row = row_of(case)
    assert (row.content, row.erased_for) == (None, "application_withdrawn")
    with pytest.raises(InputError, match="withdrawn"):
        enter(number=case.number, values={"purpose": "abroad"}, by=scene.anna, now=NOW)


def test_an_old_consent_of_the_same_case_erases_nothing_of_the_new(scene: Scene) -> None:
    case = scene.draft()
    old = row_of(case).receipt
    prefill(number=case.number, receipt=scene.consent(case), by=scene.anna, now=NOW)
    withdraw_consent(receipt=old, by=scene.anna, now=NOW)
    assert row_of(case).erased_at is None


def test_a_withdrawn_or_expired_consent_fills_nothing(scene: Scene) -> None:
    case = open_application(service=SERVICE, version=scene.package.version, applicant=scene.anna.id, by=scene.anna, now=NOW)
    receipt = scene.consent(case)
    with pytest.raises(RightsError):
        prefill(number=case.number, receipt=receipt, by=scene.anna, now=NOW + timedelta(days=31))
    withdraw_consent(receipt=receipt, by=scene.anna, now=NOW)
    with pytest.raises(RightsError):
        prefill(number=case.number, receipt=receipt, by=scene.anna, now=NOW)
    assert not Filing.objects.filter(number=case.number, content__isnull=False).exists()
