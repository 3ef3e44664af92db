"""What a result page says first for each of the seven outcomes, and what happens next and when: sentences with dates, no durations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from miaopi.apps.application.api import is_number
from miaopi.apps.approval.api import Result
from miaopi.apps.treasury.api import Entitlement
from miaopi.kernel.wording import Text, write
from miaopi.portal.language import Language, show_moment
from miaopi.portal.wording.cases import HEADINGS, SENTENCES
from miaopi.portal.wording.law import show_basis_of
from miaopi.portal.wording.sources import join

LONGEST_HEADING: Final = 32  # characters; a longer reason stands below the heading
REMEDIES: Final = {
    "reconsideration": Text(zh="申请行政复议", en="Administrative reconsideration"),
    "litigation": Text(zh="提起行政诉讼", en="Administrative litigation"),
}
REVIEW_RESULTS: Final = {
    "upheld": Text(zh="工作人员重新看过了，维持原来的结果。", en="A person looked again and upheld the result."),
    "replaced": Text(
        zh="工作人员重新看过了，结果已更改，以这一页为准。", en="A person looked again and changed the result; this page shows the new one."
    ),
}


def tell(
    result: Result, key: str, *, papers: tuple[Text, ...], is_booked: bool, entitlement: Entitlement | None, language: Language
) -> dict[str, Text]:
    """Heading and sentence of a result page; `papers` are those of the visit that is still to come, if any."""
    heading, sentence = HEADINGS[key], SENTENCES[key]
    ahead, count = result.ahead, len(result.reasons)
    match key:
        case "approve" if entitlement is not None:
            heading, sentence = _granted(entitlement, result.values)
        case "approve" if papers and is_booked:
            heading = Text(zh="核准了，也约好了", en="Approved, and booked")
            named = join(papers)
            sentence = Text(zh=f"到时候带{named.zh}来一次，当场办完。", en=f"Come once with these, and it is done on the spot: {named.en}.")
        case "approve" if papers:
            named = join(papers)
            heading = Text(zh="核准了，来一次就办完", en="Approved: one visit completes it")
            sentence = Text(zh=f"选个时间，带{named.zh}到场出示一次。", en=f"Choose a time and show once: {named.en}.")
        case "refuse" if count == 1 and len(result.reasons[0]["text"]["zh"]) <= LONGEST_HEADING:
            text = _bare(Text(**result.reasons[0]["text"]))
            heading = Text(zh=f"差一条：{text.zh}", en=f"One condition is not met: {text.en}")
        case "refuse":
            heading = Text(zh=f"差{count}条，原因在下面", en=f"{count} conditions are not met; here is why")
        case "supplement":
            heading = Text(zh=f"您还差{count}项，补上接着办", en=f"{count} thing{'s' if count > 1 else ''} missing: add and go on")
        case "refer":
            sentence = _with_a_person(result, language) or sentence
        case "redirect" if ahead.next_name is not None:
            heading = Text(zh=f"您要办的是：{ahead.next_name.zh}", en=f"What you need is: {ahead.next_name.en}")
        case "redirect" if ahead.open_case:
            heading = Text(zh="您已有一件在办，不用再办", en="You have a case open already")
        case "wait" if ahead.until is not None:
            day = write(ahead.until)
            heading = Text(zh=f"到{day.zh}期满，自动出结果", en=f"Decided by itself after {day.en}")
            sentence = Text(zh="法定的期间在走，不用您做什么。", en="A period set by law is running; you need do nothing.")
        case "waitlist" if ahead.position is not None:
            heading = Text(zh=f"符合条件，排在第{ahead.position}位", en=f"You qualify: number {ahead.position} in the queue")
        case _:
            pass
    return {"heading": heading, "sentence": sentence}


def _granted(entitlement: Entitlement, values: Mapping[str, Any]) -> tuple[Text, Text]:
    month = write(entitlement.from_month)
    heading = Text(zh=f"办好了，津贴从{month.zh}起发", en=f"Done: paid from {month.en}")
    amount = values.get("amount")
    sentence = (
        Text(zh=f"每月{amount}元，发到{entitlement.account}。年龄段变了自动调整，不用再申请。",
             en=f"{amount} yuan a month to {entitlement.account}. A higher band of age is paid by itself.")
        if amount else Text(zh="每月直接发到您的卡上。", en="Paid to your card each month.")
    )  # fmt: skip
    return heading, sentence


def _with_a_person(result: Result, language: Language) -> Text | None:
    ahead = result.ahead
    if ahead.due_at is None:
        return None
    here, queue = show_moment(ahead.due_at, language), ahead.queue or Text(zh="工作人员", en="An officer")
    if ahead.stopped_at is not None:
        return Text(zh="等您补充，补好之前时钟停着。", en="It waits for what you add; the clock stands meanwhile.")
    if ahead.is_overdue:
        return Text(
            zh=f"在{queue.zh}。本应在{here}前答复，已经超时，您可以打电话催。",
            en=f"With {queue.en}. It was due by {here} and is late; you may call.",
        )
    return Text(zh=f"{queue.zh}在办，最迟{here}前答复，结果发短信。", en=f"{queue.en} has it; an answer by {here}, by text message.")


def _bare(text: Text) -> Text:
    return Text(zh=text.zh.rstrip("。"), en=text.en.rstrip("."))


def show_ahead(result: Result, language: Language) -> dict[str, Any]:
    """The ways on: the right service, her own open case, what to cure, a person, and the ways beyond this house."""
    ahead = result.ahead
    return {
        "cures": [{"label": cure.label, "fact": cure.fact, "text": cure.text, "remedy": cure.remedy} for cure in ahead.cures],
        "next_service": ahead.next_service, "next_name": ahead.next_name,
        "open_case": ahead.open_case if is_number(ahead.open_case) else "", "open_elsewhere": ahead.open_case,
        "can_review": ahead.can_review,
        "correction_due": show_moment(ahead.due_at, language) if ahead.is_corrected and ahead.due_at else "",
        "review_requested": ahead.review_requested_at is not None,
        "review_here": show_moment(ahead.review_requested_at, language) if ahead.review_requested_at else "",
        "review_due": show_moment(ahead.due_at, language) if ahead.due_at and ahead.review_requested_at and not ahead.review_result else "",
        "review_result": REVIEW_RESULTS.get(ahead.review_result),
        "beyond": [
            {"name": REMEDIES[each.kind], "until": write(each.until), "basis": show_basis_of(each.instrument, each.article)}
            for each in ahead.remedies
        ],
        "next_try": show_moment(ahead.next_try_at, language) if ahead.next_try_at and result.waiting_for else "",
    }  # fmt: skip
