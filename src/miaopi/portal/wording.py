"""What the pages say of states, outcomes, sources and law, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.kernel.decision import Basis, FactSpec
from miaopi.kernel.wording import Text

KINDS: Final = {
    "approve": Text(zh="通过", en="Approved"),
    "refuse": Text(zh="不予通过", en="Refused"),
    "supplement": Text(zh="补正", en="Something is missing"),
    "refer": Text(zh="转人工", en="A person decides"),
    "redirect": Text(zh="转办", en="Another place is the right one"),
    "wait": Text(zh="等候", en="Waiting"),
    "waitlist": Text(zh="轮候", en="On the waiting list"),
}
HEADINGS: Final = {
    "approve": Text(zh="办好了，证明在这里", en="Done, here it is"),
    "refuse": Text(zh="这次没有通过，原因在下面", en="Not approved this time; here is why"),
    "supplement": Text(zh="您还差一点，补上接着办", en="Something is missing; add it and go on"),
    "refer": Text(zh="这件事要人来看", en="A person looks at this"),
    "redirect": Text(zh="您要的其实在别处办", en="What you need is done elsewhere"),
    "wait": Text(zh="申请收到了，在等一个数据", en="Received; we wait for one answer"),
    "waitlist": Text(zh="符合条件，在排队", en="You qualify and are in the queue"),
    "withdrawn": Text(zh="申请已撤回", en="Withdrawn"),
    "confirmed": Text(zh="申请收到了，正在决定", en="Received, being decided"),
}
SENTENCES: Final = {
    "approve": Text(zh="下面就是，存下来就能用。", en="It is below: save it and use it."),
    "refuse": Text(zh="差在哪一条、怎样才行，都写在下面。", en="Which condition failed and what would change it is written below."),
    "supplement": Text(zh="一次说全，补好再提交就行。", en="All of it is named at once; add it and submit again."),
    "refer": Text(
        zh="机器不替您猜，由工作人员来办，结果发短信告诉您。", en="No machine guesses: a person decides, and you are told by text message."
    ),
    "redirect": Text(zh="这不是不通过。去哪里办写在下面。", en="This is not a refusal. Where to go is written below."),
    "wait": Text(
        zh="这不是您的问题，也不会因此不通过。不用守着这一页，有结果就发短信。",
        en="This is not your doing and will not count against you. No need to stay: you get a text message.",
    ),
    "waitlist": Text(zh="轮到您时自动办理，并发短信。", en="It goes on by itself when your turn comes, and you are told."),
    "withdrawn": Text(zh="取到的信息已删除，想办可以重新提交。", en="What was fetched is erased; you can apply again at any time."),
    "confirmed": Text(zh="有结果就发短信，不用守着这一页。", en="You get a text message; no need to stay."),
}
STATES: Final = {
    "draft": Text(zh="开始办理", en="Begun"),
    "confirmed": Text(zh="申请已提交", en="Submitted"),
    "waiting": Text(zh="在等", en="Waiting"),
    "referred": Text(zh="工作人员在看", en="A person looks at it"),
    "supplement": Text(zh="请您补充", en="Something to add"),
    "decided": Text(zh="已有结果", en="Decided"),
    "withdrawn": Text(zh="已撤回", en="Withdrawn"),
}
BEFORE: Final = {
    "limit": Text(zh="按原来的规定", en="By the earlier rules"),
    "estimate": Text(zh="原来大约要（估计，没有量过）", en="Before, by estimate and not measured"),
    "measured": Text(zh="原来实际要", en="Before, as measured"),
}
ERASED: Final = Text(zh="取到的信息已删除", en="What was fetched is erased")
TONES: Final = {"withdrawn": "wait", "draft": "supplement", "supplement": "supplement", "referred": "refer"}


def show_basis(basis: Iterable[Basis]) -> Text:
    """The law behind a statement; an article that nobody has read is said to be open."""
    zh, en = [], []
    for one in basis:
        is_open = one.article == "unverified"
        zh.append(f"{one.instrument}{'（条款待核）' if is_open else one.article}")
        en.append(f"{one.instrument} {'(article to be verified)' if is_open else one.article}")
    return Text(zh="；".join(zh), en="; ".join(en))


def show_basis_of(instrument: str, article: str) -> Text:
    return show_basis([Basis(instrument, article)])


def read_basis(written: Iterable[Mapping[str, str]]) -> Text:
    return show_basis(Basis(one["instrument"], one["article"]) for one in written)


def join(texts: Iterable[Text]) -> Text:
    held = list(texts)
    return Text(zh="、".join(text.zh for text in held), en=", ".join(text.en for text in held))


def show_midnight(day: date) -> Text:
    """The end of a day."""
    return Text(zh=f"{day.month}月{day.day}日24时", en=f"{day.day} {day:%B}, midnight")


def show_span(span: timedelta) -> Text:
    """`用时38秒`, `用时5分钟`, `用时3小时`: the largest unit that says enough."""
    seconds = max(1, round(span.total_seconds()))
    if seconds < 120:
        return Text(zh=f"用时{seconds}秒", en=f"in {seconds} second{'s' if seconds > 1 else ''}")
    if seconds < 7200:
        return Text(zh=f"用时{seconds // 60}分钟", en=f"in {seconds // 60} minutes")
    return Text(zh=f"用时{seconds // 3600}小时", en=f"in {seconds // 3600} hours")


def seal_of(resource: Resource) -> str:
    """One character of the agency that keeps the data, as on a seal."""
    return resource.agency.name.zh[0]


def group_sources(facts: Iterable[FactSpec]) -> list[dict[str, object]]:
    """The facts a service asks of agencies, a row a resource: its seal, name, what is taken, and how many."""
    held: dict[str, list[FactSpec]] = {}
    for spec in facts:
        if spec.resource is not None:
            held.setdefault(spec.resource, []).append(spec)
    resources = get_resources(held)
    return [
        {
            "resource": name,
            "seal": seal_of(resources[name]),
            "name": join((resources[name].agency.name, resources[name].name)),
            "fields": join(spec.label for spec in specs),
            "count": len(specs),
            "told": Text(zh="".join(spec.told.zh for spec in specs if spec.told), en=" ".join(spec.told.en for spec in specs if spec.told)),
            "sensitive": any(spec.privacy == "sensitive" for spec in specs),
        }
        for name, specs in held.items()
    ]
