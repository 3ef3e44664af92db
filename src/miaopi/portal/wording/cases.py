"""What the pages say of cases: their states and outcomes."""

from __future__ import annotations

from typing import Final

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
