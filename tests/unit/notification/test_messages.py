"""Messages are written once, carried once, and a gateway that is down keeps nobody's for ever. All persons are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from miaopi.apps.audit.api import list_entries, system
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.apps.notification.actions import STEPS, deliver_due, write_message
from miaopi.apps.notification.adapters.fake import FakeGateway
from miaopi.apps.notification.adapters.port import Carried
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import list_messages
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import NOW

BY = system("test")
MOBILE = "13800000000"
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile=MOBILE, assurance_level=3, method="demo"
)


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


class Deadly(FakeGateway):
    """Takes the message, and the process that handed it over is dead before it hears so."""

    def send(self, *, to: str, text: str, key: str) -> Carried:
        super().send(to=to, text=text, key=key)
        raise Killed


def write(*keys: str) -> None:
    party = sign_in(code="code", by=BY, now=NOW, authority=FakeAuthority({"code": ANNA})).party
    for key in keys:
        write_message(key=key, number="n1", party=party.id, kind="approve", text="您的证明已开好。", by=BY, now=NOW)


def told(kind: str) -> int:
    return sum(entry.kind == f"notification.{kind}" for entry in list_entries(number="n1"))


def test_the_same_key_twice_is_one_message() -> None:
    write("k1", "k1", "k2")
    assert [message.id for message in list_messages(number="n1")] == ["k1", "k2"]
    assert told("MessageWritten") == 2


def test_a_due_message_is_carried_to_its_person_and_then_rests() -> None:
    write("k1")
    gateway = FakeGateway()
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 1
    assert gateway.carried == {"k1": (MOBILE, "您的证明已开好。")}
    assert deliver_due(by=BY, now=NOW + timedelta(days=1), gateway=gateway) == 0
    message = Message.objects.get()
    assert (message.delivered_at, message.attempts, message.reference) == (NOW, 1, "fake-k1")
    assert (gateway.attempts, told("MessageDelivered")) == (1, 1)


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
    assert told("MessageDelivered") == 1


def test_the_first_that_fails_ends_the_batch_and_the_others_stay_due() -> None:
    write("k1", "k2", "k3")
    gateway = Stubborn()
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 0
    assert gateway.asked == ["k1"]
    assert [message.attempts for message in list_messages(number="n1")] == [1, 0, 0]
    gateway.is_down = False
    assert deliver_due(by=BY, now=NOW, gateway=gateway) == 2
    assert gateway.asked == ["k1", "k2", "k3"]


def test_killed_between_handing_over_and_marking_it_is_carried_once_under_its_key() -> None:
    write("k1")
    gateway = Deadly()
    with pytest.raises(Killed):
        deliver_due(by=BY, now=NOW, gateway=gateway)
    assert Message.objects.get().delivered_at is None
    again = FakeGateway(carried=gateway.carried)
    assert deliver_due(by=BY, now=NOW, gateway=again) == 0
    assert deliver_due(by=BY, now=NOW + STEPS[0], gateway=again) == 1
    assert (list(again.carried), again.attempts) == (["k1"], 1)
    assert Message.objects.get().attempts == 2
