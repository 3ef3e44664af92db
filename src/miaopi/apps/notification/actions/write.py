"""Writing messages: laid out once under a key, to be carried later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from miaopi.apps.application.api import find_application
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import pseudonym
from miaopi.apps.notification.events import MessageWritten
from miaopi.apps.notification.models import Message
from miaopi.definitions import ServicePackage
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.wording import Text, fill, write

EXPLAINED: Final = Text(
    zh="您要求说明的一次信息查看已有答复，请登录秒批“谁看过我的信息”查看。咨询12345。",
    en="A look at your data that you asked about has been answered: see “Who looked at my data”. Questions: 12345.",
)
CENT: Final = Decimal("0.01")

# What the house says where a package has no words of its own for the occasion.
WORDS: Final[Mapping[str, Text]] = {
    "upheld": Text(
        zh="您申请复核的办件（编号{number}）已由人工复核，维持原决定，理由见申请详情。咨询12345。",
        en="A person reviewed your application {number} and let the decision stand; the application says why. Questions: 12345.",
    ),
    "upheld_correction": Text(
        zh="因登记更正，工作人员已核对您的办件（编号{number}），维持原决定，理由见申请详情。咨询12345。",
        en="A record was corrected; a person looked at your application {number} and let the decision stand; the application says why. "
        "Questions: 12345.",
    ),
    "redecided": Text(
        zh="{agency}更正了“{resource}”中关于您的登记，您的办件（编号{number}）已按更正后的登记重新决定：{was}改为{became}。"
        "详情见秒批“我的办件”，不认可可申请人工复核。咨询12345。",
        en="{agency} corrected its record of you in “{resource}”. Your application {number} was decided again on it: {was} became "
        "{became}. See My applications; you can ask that a person review it. Questions: 12345.",
    ),
    "reconsidered": Text(
        zh="{agency}更正了“{resource}”中关于您的登记，可能影响您的办件（编号{number}）。原决定仍然有效，工作人员核对后会告诉您。咨询12345。",
        en="{agency} corrected its record of you in “{resource}”, which may bear on your application {number}. The decision stands; a "
        "person looks at it and we tell you. Questions: 12345.",
    ),
    "disputed": Text(
        zh="您对“{resource}”提出的数据异议，{agency}已答复（{finding}）：{answer}",
        en="{agency} answered your dispute of “{resource}” ({finding}): {answer}",
    ),
    "dispute_passed_on": Text(
        zh="您对“{resource}”提出的数据异议，{agency}已转给{to}核实，期限仍从您提出时算：{answer}",
        en="{agency} passed your dispute of “{resource}” on to {to}; the time still runs from your filing: {answer}",
    ),
    "cancelled": Text(
        zh="您的预约（编号{number}）已取消，有效期内可在秒批“我的办件”重新预约。咨询12345。",
        en="Your booking ({number}) is cancelled; you can book again under My applications. Questions: 12345.",
    ),
}


def write_message(*, key: str, number: str, party: str, kind: str, text: Text, by: Actor, now: datetime) -> None:
    """Lay a message out to be carried. The same key twice is one message."""
    with act(by=by, now=now) as unit:
        _, is_new = Message.objects.get_or_create(
            id=key,
            defaults={
                "number": number, "party": party, "kind": kind, "text": text.zh, "text_en": text.en, "written_at": now, "due_at": now,
            },
        )
        if is_new:
            unit.record(MessageWritten(message=key, number=number, kind=kind, subject=pseudonym(party)))


def tell_applicant(
    *, number: str, kind: str, key: str, values: Mapping[str, object], by: Actor, now: datetime, version: str | None = None
) -> None:
    """Tell the applicant of a case of an occasion, in the words of the version it is decided by; without words nothing is told."""
    application = find_application(number=number, reader=by)
    if application is None:
        return
    package = get_service(application.service, version or application.version)
    words = package.messages.get(kind) or WORDS.get(kind)
    if words is not None:
        text = fill_in(words, {**compute_filling(package, values), "number": number})
        write_message(key=key, number=number, party=application.applicant, kind=kind, text=text, by=by, now=now)


def tell_person(
    *, party: str, kind: str, key: str, values: Mapping[str, object], number: str = "", by: Actor, now: datetime
) -> None:
    """Tell a person of what is not, or not only, about one case, in the words of the house."""
    write_message(key=key, number=number, party=party, kind=kind, text=fill_in(WORDS[kind], values), by=by, now=now)


def fill_in(words: Text, values: Mapping[str, object]) -> Text:
    """The words with values in their place; what is itself said in two languages is said in the one of its text."""

    def said_in(language: str) -> dict[str, object]:
        return {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}

    return Text(zh=fill(words, said_in("zh")).zh, en=fill(words, said_in("en")).en)


def write_moment(written: str) -> Text:
    """An ISO moment as people say it in the city: day and hour."""
    moment = datetime.fromisoformat(written).astimezone(LEGAL_ZONE)
    day = write(moment.date())
    return Text(zh=f"{day.zh}{moment:%H:%M}", en=f"{moment:%H:%M} on {day.en}")


def compute_filling(package: ServicePackage, values: Mapping[str, object]) -> dict[str, object]:
    """Values of a decision as they are said: days as days, money with two places."""
    money = set() if package.payment is None else {package.payment.amount}
    return {name: _yuan(value) if name in money else _day(value) for name, value in values.items()}


def _yuan(value: object) -> object:
    """Yuan with two places; values of a decision are kept as text."""
    try:
        return str(Decimal(str(value)).quantize(CENT, ROUND_HALF_UP))
    except InvalidOperation:
        return value


def _day(value: object) -> object:
    """A day that is kept as text."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-05-20") else value
    except ValueError:
        return value
