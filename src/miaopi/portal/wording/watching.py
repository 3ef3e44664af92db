"""What the pages of an auditor say of patterns, of kinds of entries, and of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.apps.exchange.api import Pattern, Shown
from miaopi.kernel.wording import Text

PATTERNS: Final[Mapping[Pattern, tuple[Text, Text]]] = {
    Pattern.OUTSIDE_CASES: (
        Text(zh="不在任何办件里的查看", en="Looks outside any case of ours"),
        Text(zh="没有编号，或是部门自己的编号，平台核不到", en="on no number, or on one of the agency's own, which nobody here can check"),
    ),
    Pattern.MANY_LOOKERS: (
        Text(zh="同一个人被多方查看", en="One person, many lookers"),
        Text(zh="三个以上部门或人员看过同一个人", en="three or more agencies or officials looked at one person"),
    ),
    Pattern.AT_NIGHT: (
        Text(zh="夜间查看", en="Looks at night"), Text(zh="22时到次日6时，由部门或人员", en="from 22:00 to 6:00, by agencies or staff"),
    ),
}  # fmt: skip
CLASSES: Final[Mapping[Shown, Text]] = {
    Shown.IMMEDIATE: Text(zh="马上显示", en="shown at once"), Shown.DEFERRED: Text(zh="推迟显示", en="shown later"),
    Shown.WITHHELD: Text(zh="依法解除后显示", en="shown when released"),
}  # fmt: skip
KINDS: Final[Mapping[str, Text]] = {
    "exchange.DataPulled": Text(zh="查看数据", en="A look at data"),
    "exchange.PullRefused": Text(zh="查看被拒绝", en="A look that was refused"),
    "exchange.RecordPushed": Text(zh="写入登记", en="A record was written"),
    "exchange.ObjectionRead": Text(zh="打开访问异议", en="An objection was opened"),
    "exchange.DisputeRead": Text(zh="打开数据异议", en="A dispute was opened"),
    "exchange.DuplicateRead": Text(zh="核对是否同一人", en="Two rows were compared"),
    "exchange.LineageRead": Text(zh="查数据来历", en="The origin of facts was read"),
    "exchange.EntryRead": Text(zh="审计员打开一条记录", en="An auditor read an entry"),
    "approval.CaseRead": Text(zh="打开办件", en="A case was opened"),
    "approval.ImpactRead": Text(zh="查更正触及的决定", en="Decisions that a correction touches were looked up"),
    "approval.LogRead": Text(zh="审计一件办件", en="A case was audited"),
    "appointment.VisitRead": Text(zh="窗口核对", en="A visit at a counter"),
}  # fmt: skip
TOLD: Final[Mapping[str, Text]] = {
    "agency": Text(zh="提供部门", en="keeper"), "agreements": Text(zh="共享协议", en="agreements"),
    "application": Text(zh="办件", en="case"), "code": Text(zh="拒绝代码", en="refusal"),
    "deferral": Text(zh="暂不显示的案件", en="matter"), "duty": Text(zh="依据", en="law"), "fields": Text(zh="信息项", en="fields"),
    "provider": Text(zh="谁拒绝", en="who refused"), "purpose": Text(zh="用途", en="purpose"),
    "receipt": Text(zh="同意凭证", en="receipt"), "resource": Text(zh="资源", en="resource"), "result": Text(zh="结果", en="result"),
    "service": Text(zh="事项或用途", en="use"), "shown_from": Text(zh="何时起可见", en="shown from"),
    "visibility": Text(zh="怎样可见", en="when shown"),
}  # fmt: skip
DONE: Final[Mapping[str, Text]] = {
    "renewed": Text(zh="已续期。原因已记入账本。", en="Deferred again; your reason is kept."),
    "released": Text(zh="已解除，当事人现在就能看到。", en="Released: the person sees it from now on."),
    "checked": Text(zh="已从头核对一遍。", en="The whole log was recomputed."),
}
