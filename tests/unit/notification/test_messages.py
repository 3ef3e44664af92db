"""Messages are written once, carried once, and a gateway that is down keeps nobody's for ever. All persons are made up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from miaopi.apps.audit.api import Actor, list_entries, person, system
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.apps.notification.actions.deliver import (
    ASKED_FOR,
    EXPECTED_WITHIN,
    FIRST_ASKED,
    STEPS,
    ask_due,
    deliver_due,
)
from miaopi.apps.notification.actions.read import mark_all_read
from miaopi.apps.notification.actions.write import write_message
from miaopi.apps.notification.adapters.fake import FakeGateway
from miaopi.apps.notification.adapters.port import Arrival, Carried
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import Status, count_unread, list_messages, list_messages_about
from miaopi.kernel.errors import NotFound, RightsError, UpstreamError
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import NOW

BY = system("test")
MOBILE = "13800000000"
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile=MOBILE, assurance_level=3, method="demo"
)


BEN = replace(ANNA, name="演示·本", id_number="440300195602290019", mobile="13800000001")
WORDS = Text(zh="您的证明已开好。", en="Your certificate is ready.")


class Killed(BaseException):
    """The end of the process, where it stands."""


@dataclass
class Stubborn:
    """A gateway that is down until it is told otherwise; `asked` are the keys that were handed to it."""

    is_down: bool = True
    asked: list[str] = field(default_factory=list)

    def send(self, *, to: str, text: str, key: str) -> Carried:
        self.asked.append(key)
        if self.is_down:
            raise UpstreamError("message-gateway", Text(zh="没有回应。", en="No answer."))
        return Carried(reference=f"r-{key}")

    def ask(self, *, key: str) -> Arrival:
        if self.is_down:
            raise UpstreamError("message-gateway", Text(zh="没有回应。", en="No answer."))
        return Arrival.WAITING


class Deadly(FakeGateway):
    """Takes the message, and the process that handed it over is dead before it hears so."""

    def send(self, *, to: str, text: str, key: str) -> Carried:
        super().send(to=to, text=text, key=key)
        raise Killed


def enter(who: Assertion = ANNA) -> Actor:
    return person(sign_in(code="code", by=BY, now=NOW, authority=FakeAuthority({"code": who})).party.id)


def write(*keys: str) -> None:
    party = enter()
    for key in keys:
        write_message(key=key, number="n1", party=party.id, kind="approve", text=WORDS, by=BY, now=NOW)


def told(kind: str) -> int:
    return sum(entry.kind == f"notification.{kind}" for entry in list_entries(number="n1"))


def test_the_same_key_twice_is_one_message() -> None:
    write("k1", "k1", "k2")
    assert [message.id for message in list_messages_about(number="n1")] == ["k1", "k2"]
    assert told("MessageWritten") == 2


def test_a_due_message_is_carried_to_its_person_and_then_rests() -> None:
    write("k1")
    gateway = FakeGateway()
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 1
    assert gateway.carried == {"k1": (MOBILE, "您的证明已开好。")}
    assert deliver_due(by=BY, now=NOW + timedelta(days=1), gateway=gateway) == 0
    message = Message.objects.get()
    assert (message.accepted_at, message.attempts, message.reference) == (NOW, 1, "fake-k1")
    assert (gateway.attempts, told("MessageAccepted"), told("MessageDelivered")) == (1, 1, 0)


def test_what_a_gateway_does_not_take_is_due_again_at_the_next_step() -> None:
    write("k1")
    gateway, now = Stubborn(), NOW
    for tries, step in enumerate([*STEPS, STEPS[-1]], start=1):
        assert deliver_due(by=BY, now=now, gateway=gateway) == 0
        assert deliver_due(by=BY, now=now + step - timedelta(seconds=1), gateway=gateway) == 0
        assert len(gateway.asked) == tries
        now += step
    gateway.is_down = False
    assert deliver_due(by=BY, now=now, gateway=gateway) == 1
    assert told("MessageAccepted") == 1


def test_the_first_that_fails_ends_the_batch_and_the_others_stay_due() -> None:
    write("k1", "k2", "k3")
    gateway = Stubborn()
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 0
    assert gateway.asked == ["k1"]
    assert [message.attempts for message in Message.objects.order_by("id")] == [1, 0, 0]
    gateway.is_down = False
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 2
    assert gateway.asked == ["k1", "k2", "k3"]


def test_killed_between_handing_over_and_marking_it_is_carried_once_under_its_key() -> None:
    write("k1")
    gateway = Deadly()
    with pytest.raises(Killed):
        deliver_due(by=BY, now=NOW, gateway=gateway)
    assert Message.objects.get().accepted_at is None
    again = FakeGateway(carried=gateway.carried)
    assert deliver_due(by=BY, now=NOW, gateway=again) == 0
    assert deliver_due(by=BY, now=NOW + STEPS[0], gateway=again) == 1
    assert (list(again.carried), again.attempts) == (["k1"], 1)
    assert Message.objects.get().attempts == 2


def test_it_has_arrived_when_the_gateway_says_so_and_is_asked_no_more() -> None:
    write("k1")
    gateway = FakeGateway()
    deliver_due(by=BY, now=NOW, gateway=gateway)
    assert ask_due(by=BY, now=NOW, gateway=gateway) == 0
    assert ask_due(by=BY, now=NOW + FIRST_ASKED, gateway=gateway) == 1
    assert ask_due(by=BY, now=NOW + timedelta(days=1), gateway=gateway) == 0
    (message,) = list_messages_about(number="n1")
    assert (message.status, message.delivered_at) == (Status.DELIVERED, NOW + FIRST_ASKED)
    assert (told("MessageDelivered"), told("MessageUndelivered"), gateway.attempts) == (1, 0, 1)


def test_what_a_gateway_takes_and_never_delivers_is_called_so_and_not_sent_again() -> None:
    write("k1")
    gateway = FakeGateway(arrival=Arrival.WAITING)
    deliver_due(by=BY, now=NOW, gateway=gateway)
    ask_due(by=BY, now=NOW + FIRST_ASKED, gateway=gateway)
    assert list_messages_about(number="n1")[0].status is Status.ACCEPTED
    for days in range(1, 6):
        ask_due(by=BY, now=NOW + timedelta(days=days), gateway=gateway)
        deliver_due(by=BY, now=NOW + timedelta(days=days), gateway=gateway)
    assert list_messages_about(number="n1")[0].status is Status.UNDELIVERED
    assert (told("MessageUndelivered"), told("MessageDelivered"), gateway.attempts) == (1, 0, 1)
    assert Message.objects.get().ask_at is None, "after three days nobody tries any more"
    assert [message.text for message in list_messages(reader=enter())] == [WORDS], "it stands where she is signed in"


def test_a_late_receipt_still_counts() -> None:
    write("k1")
    gateway = FakeGateway(arrival=Arrival.WAITING)
    deliver_due(by=BY, now=NOW, gateway=gateway)
    ask_due(by=BY, now=NOW + EXPECTED_WITHIN, gateway=gateway)
    gateway.arrival = Arrival.DELIVERED
    assert ask_due(by=BY, now=NOW + ASKED_FOR, gateway=gateway) == 1
    assert list_messages_about(number="n1")[0].status is Status.DELIVERED


def test_a_number_that_is_gone_is_undelivered_at_once() -> None:
    write("k1")
    gateway = FakeGateway(arrival=Arrival.FAILED)
    deliver_due(by=BY, now=NOW, gateway=gateway)
    ask_due(by=BY, now=NOW + FIRST_ASKED, gateway=gateway)
    ask_due(by=BY, now=NOW + timedelta(days=1), gateway=gateway)
    assert list_messages_about(number="n1")[0].status is Status.UNDELIVERED
    assert (told("MessageUndelivered"), gateway.attempts) == (1, 1)


def test_a_gateway_that_does_not_say_ends_the_questions_of_this_round_alone() -> None:
    write("k1", "k2")
    gateway = Stubborn(is_down=False)
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 2
    gateway.is_down = True
    assert ask_due(by=BY, now=NOW + FIRST_ASKED, gateway=gateway) == 0
    assert [message.asked for message in Message.objects.order_by("id")] == [1, 0]
    ask_due(by=BY, now=NOW + EXPECTED_WITHIN, gateway=gateway)
    assert list_messages_about(number="n1")[1].status is Status.UNDELIVERED, "nobody knows for ten minutes: called so as well"


def test_a_person_reads_her_own_messages_the_newest_first_and_nobody_elses() -> None:
    write("k1", "k2", "k3")
    anna, ben = enter(), enter(BEN)
    first = list_messages(reader=anna, most=2)
    assert [message.id for message in (*first, *list_messages(reader=anna, before=first[-1].id))] == ["k3", "k2", "k1"]
    assert list_messages(reader=ben) == []
    assert (count_unread(reader=anna), count_unread(reader=ben)) == (3, 0)
    with pytest.raises(NotFound):
        list_messages(reader=ben, before="k1")
    assert [mark_all_read(by=reader, now=NOW + timedelta(days=days)) for days, reader in enumerate((ben, anna, anna))] == [0, 3, 0]
    assert {message.read_at for message in list_messages(reader=anna)} == {NOW + timedelta(days=1)}
    assert count_unread(reader=anna) == 0
    with pytest.raises(RightsError):
        list_messages(reader=BY)
