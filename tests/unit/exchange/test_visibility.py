"""Visibility classes: counted at once, shown on their date; asked for, given, renewed, released – and no way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import (
    Among,
    check_log,
    count_accesses,
    count_deferred,
    find_access,
    find_entry,
    find_refused,
    list_all_entries,
    list_entries,
    list_released,
    prove,
    run_after_handlers,
)
from miaopi.apps.exchange.api import (
    AgreementState,
    Duty,
    approve_agreement,
    get_agreement,
    list_deferrals,
    pull,
    read_visibility,
    release_looks,
    renew_deferral,
    revoke_agreement,
)
from miaopi.apps.exchange.models import Agreement
from miaopi.apps.identity.api import pseudonym
from miaopi.kernel.errors import InputError, NotFound, RightsError
from tests.unit.audit.happenings import owner
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import KEEPER, NOW
from tests.unit.exchange.seen import ASKER, AUDITOR, DUTY, LAW, PROVIDER, WATCHED, Watched

DAY = timedelta(days=1)
RELEASED = NOW + 90 * DAY


@pytest.fixture
def city(tmp_path: Path, database: str) -> Iterator[Watched]:
    made = Watched(tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made


def me(city: Watched) -> str:
    return pseudonym(city.subject)


def test_a_deferred_look_is_counted_at_once_and_shown_on_its_date_at_its_place(city: Watched) -> None:
    city.agree("deferred:90d")
    city.look()
    city.pull({"population_basic": ("birth_date",)}, now=NOW + DAY)  # on her consent, later
    assert city.hidden(NOW) == (1, 0)
    city.settle()
    before = city.seen(RELEASED - timedelta(seconds=1))
    assert [each.body["fields"] for each in before] == [["birth_date"]]
    assert city.hidden(RELEASED - timedelta(seconds=1)) == (1, 0)
    after = city.seen(RELEASED)
    assert [(each.body["fields"], each.at, each.shown_from) for each in after] == [
        (["birth_date"], NOW + DAY, None), (["name"], NOW, RELEASED),
    ]  # fmt: skip
    assert city.hidden(RELEASED) == (0, 0)
    assert [each.seq for each in list_released(me(city), now=RELEASED, since=RELEASED - 30 * DAY)] == [after[1].seq]
    assert list_released(me(city), now=RELEASED + 31 * DAY, since=RELEASED + DAY) == []
    assert city.seen(RELEASED, before=after[0].seq) == [after[1]]


def test_the_count_tells_a_month_and_no_day(city: Watched) -> None:
    city.agree("deferred:90d")
    city.look()
    city.look(now=NOW + DAY)
    city.look(now=NOW + 40 * DAY)
    assert count_deferred(me(city), now=NOW + 41 * DAY).months == ((date(2027, 3, 1), 2), (date(2027, 5, 1), 1))


def test_nothing_finds_a_deferred_look_before_its_date(city: Watched) -> None:
    city.agree("deferred:90d")
    city.look()
    city.settle()
    [hidden] = [each for each in list_all_entries(number=DUTY.application) if each.kind == "exchange.DataPulled"]
    assert hidden.seq is not None
    early = RELEASED - DAY
    assert city.seen(early) == [] and city.seen(early, number=DUTY.application) == []
    assert find_access(me(city), hidden.seq, now=early) is None and find_access(me(city), hidden.seq) is None
    assert find_entry(kind="exchange.DataPulled", number=DUTY.application) is None
    assert list_entries(number=DUTY.application) == []
    assert set(count_accesses(me(city), now=early, since=NOW - DAY).values()) == {0}
    for moment in (None, early):
        with pytest.raises(NotFound):
            prove(hidden.seq, now=moment)
    assert find_access(me(city), hidden.seq, now=RELEASED) is not None
    assert prove(hidden.seq, now=RELEASED).leaf_index == hidden.seq
    assert list_entries(number=DUTY.application) == []  # what is a look at her is no step of a case, later neither


def test_a_refused_look_is_shown_as_late_as_the_look_would_have_been(city: Watched) -> None:
    made = city.agree("deferred:90d", total_quota=1)
    city.look()
    city.look()
    revoke_agreement(agreement=made.id, reason="演示", by=PROVIDER, now=NOW)
    city.look()
    city.look(asks={"population_basic": ("sex",)})
    city.look(duty=replace(DUTY, article="第九条"))  # nobody agreed to this purpose: whoever tries is seen at once
    city.settle()
    tried = city.seen(NOW, among=Among.REFUSED)
    assert [each.body["duty"] for each in tried] == ["演示办案规定 第九条"]
    codes = [each.body["code"] for each in city.seen(RELEASED, among=Among.REFUSED)]
    assert codes == ["no_grant", "no_grant", "revoked", "total_quota_spent"]
    assert city.hidden(NOW) == (1, 0)  # attempts that brought nothing are no looks
    seq = tried[0].seq
    assert seq is not None and find_refused(me(city), seq, now=NOW) is not None and find_access(me(city), seq, now=NOW) is None


def test_what_rests_on_her_consent_is_seen_at_once_whatever_an_agreement_says(city: Watched) -> None:
    from tests.unit.exchange.scene import PURPOSE, SERVICE

    Agreement.objects.create(
        id="a" * 32, agency="population", resource="population_basic", requester="second", service=SERVICE, purpose=PURPOSE.zh,
        ground="演示", fields=["sex"], starts_at=NOW, visibility="withheld", hidden_by=LAW, state=AgreementState.FILED, clock="answer",
        filed_at=NOW, filed_by="staff/asker", ends_at=NOW + 300 * DAY,
    )  # fmt: skip
    approve_agreement(agreement="a" * 32, by=PROVIDER, now=NOW)
    city.pull({"population_basic": ("sex",)})
    city.settle()
    assert [each.body["fields"] for each in city.seen(NOW)] == [["sex"]]
    assert city.hidden(NOW) == (0, 0)


def test_of_two_agreements_the_more_visible_one_is_used(city: Watched) -> None:
    city.agree("withheld")
    city.agree("deferred:90d")
    city.look()
    assert city.hidden(NOW) == (1, 0)
    city.agree("immediate")
    city.look()
    city.settle()
    assert len(city.seen(NOW)) == 1 and city.hidden(NOW) == (1, 0)


def test_a_deferral_to_a_day_ends_on_it_for_every_look(city: Watched) -> None:
    city.agree("deferred:2027-01-01")
    city.look()
    city.look(now=NOW + 30 * DAY)
    city.look(now=NOW + 60 * DAY)
    city.settle()
    assert city.hidden(NOW + 31 * DAY) == (2, 0)
    assert len(city.seen(NOW + 60 * DAY)) == 3


def test_a_class_that_no_look_may_have_is_refused(city: Watched) -> None:
    for visibility, law, field in (
        ("deferred:90d", "", "hidden_by"), ("withheld", "演示侦查规定", "hidden_by"), ("withheld", "法 第一条", "hidden_by"),
        ("deferred:200d", LAW, "visibility"), ("deferred:2028-01-01", LAW, "visibility"), ("deferred:2026-01-01", LAW, "visibility"),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            city.request(visibility, hidden_by=law)
        assert refused.value.field == field, (visibility, law)


def test_a_class_is_written_in_one_of_four_ways() -> None:
    for written in ("", "deferred", "deferred:0d", "deferred:90", "deferred:99999d", "withheld:3d", "soon"):
        with pytest.raises(InputError):
            read_visibility(written)
    for written in ("immediate", "withheld", "deferred:90d", "deferred:2027-03-01"):
        assert str(read_visibility(written)) == written


def test_no_rule_hides_a_look(city: Watched) -> None:
    """What is shared unconditionally is given in seconds, but not so that she does not see it at once: a steward answers for that."""
    for visibility, state in (("immediate", AgreementState.GRANTED), ("deferred:30d", AgreementState.FILED)):
        assert city.request(visibility, resource="places").state is state


def test_narrower_is_more_visible(city: Watched) -> None:
    for asked, given, holds in (
        ("withheld", "deferred:90d", True), ("withheld", "immediate", True), ("deferred:90d", "deferred:30d", True),
        ("deferred:90d", "immediate", True), ("deferred:2027-03-01", "deferred:2027-01-01", True),
        ("immediate", "deferred:1d", False), ("deferred:30d", "deferred:31d", False), ("deferred:30d", "withheld", False),
        ("deferred:2027-03-01", "deferred:30d", False), ("deferred:30d", "deferred:2026-12-01", False),
    ):  # fmt: skip
        made = city.request(asked)
        if not holds:
            with pytest.raises(InputError) as refused:
                approve_agreement(agreement=made.id, terms=city.terms(given), by=PROVIDER, now=NOW)
            assert refused.value.field == "visibility", (asked, given)
            continue
        got = approve_agreement(agreement=made.id, terms=city.terms(given), by=PROVIDER, now=NOW)
        told = got.to_json(NOW)
        assert got.is_narrowed and (told["visibility"], dict(got.asked)["visibility"]) == (given, asked)


def test_what_was_agreed_before_there_were_classes_is_not_narrowed(city: Watched) -> None:
    made = city.agree("immediate")
    row = Agreement.objects.get(id=made.id)
    row.asked = {name: value for name, value in row.asked.items() if name not in {"visibility", "hidden_by"}}
    row.save()
    assert not get_agreement(made.id).is_narrowed


def test_a_named_official_renews_twice_and_never_beyond_the_longest_time(city: Watched) -> None:
    city.agree("deferred:90d")
    city.look()
    city.settle()
    [deferral] = list_deferrals()
    assert (deferral.matter, deferral.requester, deferral.law, deferral.renewals) == (DUTY.application, "second", LAW, 0)
    given: dict[str, Any] = {"deferral": deferral.id, "reason": "案件未结（演示）", "by": AUDITOR}
    for until, now, field in (
        (NOW + 200 * DAY, NOW, "until"), (NOW, NOW, "until"), (NOW + 80 * DAY, NOW, "deferral"),
        (RELEASED + 80 * DAY, RELEASED, "deferral"),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            renew_deferral(**given, until=until, now=now)
        assert refused.value.field == field
    with pytest.raises(InputError):
        renew_deferral(**{**given, "reason": " "}, until=NOW + 100 * DAY, now=NOW)
    for nobody in (ASKER, PROVIDER, KEEPER):
        with pytest.raises(RightsError):
            renew_deferral(**{**given, "by": nobody}, until=NOW + 100 * DAY, now=NOW)
    first, second = NOW + 120 * DAY, NOW + 240 * DAY
    renew_deferral(**given, until=first, now=NOW + 80 * DAY)
    assert (city.hidden(RELEASED), city.seen(RELEASED)) == ((1, 0), [])
    renewed = renew_deferral(**given, until=second, now=NOW + 110 * DAY)
    assert (renewed.renewals, renewed.until) == (2, second)
    with pytest.raises(InputError):
        renew_deferral(**given, until=NOW + 300 * DAY, now=NOW + 200 * DAY)
    assert [each.shown_from for each in city.seen(second)] == [second]
    assert [(each["deferral_of"], each["looks"]) for each in entries("DeferralRenewed")] == [(deferral.id, 1), (deferral.id, 1)]
    assert check_log() == []


def test_what_is_shown_is_not_hidden_again(city: Watched) -> None:
    city.agree("deferred:30d")
    city.look()
    city.look(now=NOW + 20 * DAY)
    city.settle()
    [deferral] = list_deferrals()
    renew_deferral(deferral=deferral.id, until=NOW + 100 * DAY, reason="演示", by=AUDITOR, now=NOW + 40 * DAY)
    assert [each.at for each in city.seen(NOW + 41 * DAY)] == [NOW]
    assert city.hidden(NOW + 41 * DAY) == (1, 0)


def test_a_withheld_look_is_counted_for_ever_and_shown_when_it_is_released(city: Watched) -> None:
    city.agree("withheld")
    city.look()
    city.settle()
    for later in (NOW, NOW + 3650 * DAY):
        assert (city.hidden(later), city.seen(later)) == ((0, 1), [])
    [deferral] = list_deferrals()
    with pytest.raises(InputError):
        renew_deferral(deferral=deferral.id, until=NOW + DAY, reason="演示", by=AUDITOR, now=NOW)
    with pytest.raises(RightsError):
        release_looks(deferral=deferral.id, ground="演示法院 决定", by=ASKER, now=NOW)
    with pytest.raises(NotFound):
        release_looks(deferral="f" * 32, ground="演示法院 决定", by=AUDITOR, now=NOW)
    release_looks(deferral=deferral.id, ground="演示法院 决定", by=AUDITOR, now=NOW + DAY)
    assert [each.shown_from for each in city.seen(NOW + DAY)] == [NOW + DAY]
    assert entries("LooksReleased")[0]["ground"] == "演示法院 决定"
    with pytest.raises(InputError):
        release_looks(deferral=deferral.id, ground="演示法院 决定", by=AUDITOR, now=NOW + DAY)
    city.look()  # of a matter that was released
    city.settle()
    assert (city.hidden(NOW + DAY), len(city.seen(NOW + DAY))) == ((0, 0), 2)
    assert check_log() == []


def test_the_check_of_the_log_names_what_somebody_hides_on_the_quiet(city: Watched, database: str) -> None:
    city.agree("deferred:90d")
    for _ in range(3):
        city.look()
    city.settle()
    assert check_log() == []
    with owner(database) as mighty:
        first, _, last = (row[0] for row in mighty.execute("SELECT entry_id FROM audit_release ORDER BY entry_id"))
        mighty.execute("UPDATE audit_release SET shown_from = shown_from + interval '1 day' WHERE entry_id = %s", [first])
        mighty.execute("DELETE FROM audit_release WHERE entry_id = %s", [last])
        mighty.execute("UPDATE audit_entry SET deferral = 'x' WHERE kind = 'exchange.GrantApproved'")
    told = [finding.what for finding in check_log()]
    assert sum("later than its text says" in each for each in told) == 1
    assert sum("nothing says from when on" in each for each in told) == 1
    assert sum("columns do not say" in each for each in told) >= 1


def test_a_look_at_her_spouse_is_his_and_not_hers(city: Watched) -> None:
    """Made in her own case, on his consent, by her as his agent: it is a look at him; and one at her is none at him."""
    from miaopi.apps.audit.api import Actor, ActorKind

    spouse, receipt = city.stranger(2)
    for_him = Actor(ActorKind.PERSON, city.subject, acting_for=spouse)
    city.pull({"population_basic": ("name",)}, subject=spouse, ground=city.ground(receipt), by=for_him)
    city.pull({"population_basic": ("birth_date",)})
    city.settle()
    assert [each.body["fields"] for each in city.seen(NOW)] == [["birth_date"]]
    assert [each.body["fields"] for each in city.seen(NOW, subject=spouse)] == [["name"]]
    [mine] = city.seen(NOW)
    [his] = city.seen(NOW, subject=spouse)
    assert his.seq is not None and mine.seq is not None
    assert find_access(me(city), his.seq, now=NOW) is None and find_access(pseudonym(spouse), mine.seq, now=NOW) is None
    number = city.ground().application
    latest = find_entry(kind="exchange.DataPulled", number=number, latest=True, subject=me(city))
    first = find_entry(kind="exchange.DataPulled", number=number, subject=me(city))
    assert latest is not None and first is not None and {latest.seq, first.seq} == {mine.seq}
    with pytest.raises(RightsError):  # without his mandate she may not
        pull(subject=spouse, asks=WATCHED, ground=city.ground(receipt), deadline=DAY, by=city.by, now=NOW)


def test_looks_are_told_apart_by_who_looked_and_why(city: Watched) -> None:
    city.agree("immediate")
    city.look()
    city.pull({"population_basic": ("birth_date",)})
    city.settle()
    assert [each.body["fields"] for each in city.seen(NOW, among=Among.DUTY)] == [["name"]]
    assert [each.body["fields"] for each in city.seen(NOW, among=Among.OWN)] == [["birth_date"]]
    assert city.seen(NOW, among=Among.STAFF) == [] == city.seen(NOW, among=Among.RELEASED)
    counted = count_accesses(me(city), now=NOW, since=NOW - 30 * DAY)
    assert counted == {Among.ALL: 2, Among.DUTY: 1, Among.OWN: 1, Among.STAFF: 0, Among.RELEASED: 0, Among.REFUSED: 0}


def test_every_look_names_the_agreements_that_it_stood_on(city: Watched) -> None:
    made = city.agree("immediate")
    city.look()
    city.look(duty=Duty("open-cases", "", "演示办案规定", "第二条"))
    assert [each["agreements"] for each in entries("DataPulled")] == [[made.id], [made.id]]
    assert run_after_handlers(now=NOW) == 0
