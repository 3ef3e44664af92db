"""The reasons that every service shares: what is said where no source could, or a rule itself went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from miaopi.kernel.decision.outcomes import Basis, Reason
from miaopi.kernel.fact import Doubt
from miaopi.kernel.wording import Text

ACCURACY: Final = Basis("个人信息保护法", "第八条")
EXPLANATION: Final = Basis("个人信息保护法", "第二十四条")

UNAVAILABLE: Final = Reason(
    "SRC-UNAVAILABLE",
    Text(zh="所需数据暂时无法获取，系统将自动重试；逾时转人工办理。",
         en="A needed source does not answer; the case is retried and passed to a person."),
    (ACCURACY,),
    Text(zh="等待，系统自动重试；也可改到窗口办理。", en="Wait, it is retried by itself; or come to a counter."),
)
EXHAUSTED: Final = Reason(
    "SRC-EXHAUSTED",
    Text(zh="数据来源持续无法获取，已转人工办理。",
         en="A source stayed silent past the patience of the service; a person decides."),
    (ACCURACY,),
    Text(zh="人工核验。", en="A person checks."),
)
DISPUTED: Final = Reason(
    "FACT-DISPUTED",
    Text(zh="您对有关数据提出异议，已转提供部门校核并由人工办理。",
         en="You dispute a value; its source checks it and a person decides."),
    (Basis("个人信息保护法", "第四十六条"), Basis("政务数据共享条例", "unverified")),
    Text(zh="等待校核结果。", en="Wait for the result of the check."),
)
DOUBTS: Final[Mapping[Doubt, Reason]] = MappingProxyType({
    Doubt.UNAVAILABLE: UNAVAILABLE,
    Doubt.STALE: Reason(
        "SRC-STALE",
        Text(zh="数据更新时间超出允许范围，正在重新核验。",
             en="A source is older than allowed; it is being checked again."),
        (ACCURACY,),
        Text(zh="等待重新核验。", en="Wait for the new check."),
    ),
    Doubt.CONFLICT: Reason(
        "SRC-CONFLICT",
        Text(zh="不同来源的数据不一致，需人工核验。", en="Sources differ; a person checks."),
        (ACCURACY,),
        Text(zh="人工核验；可向数据提供部门申请校核。", en="A person checks; you may ask the source to correct its data."),
    ),
    Doubt.UNPROVEN: Reason(
        "SRC-UNPROVEN",
        Text(zh="有关情况尚无法证明，需人工核验。", en="The fact is unproven; a person checks."),
        (ACCURACY,),
        Text(zh="人工核验；可补充证明。", en="A person checks; you may add proof."),
    ),
})


def rule_failed(what: str, faults: frozenset[str]) -> Reason:
    """The reason where a rule gave null or went wrong: the machine may not decide, and says where it could not."""
    cause = "; ".join(sorted(faults)) or "it gave null"
    return Reason(
        "RULE-FAILED",
        Text(zh=f"规则“{what}”无法得出结论，不能自动办理，转人工。原因：{'；'.join(sorted(faults)) or '结果为空'}",
             en=f"The rule {what} came to no conclusion, so a person decides. Cause: {cause}"),
        (EXPLANATION,),
        Text(zh="人工办理。", en="A person decides."),
    )
