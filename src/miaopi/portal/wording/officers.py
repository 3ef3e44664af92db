"""What an officer's pages say of kinds of cases, states of facts, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.wording import Text

WHY: Final = {
    "referral": Text(zh="规则没有得出结论", en="The rules came to no end"),
    "review": Text(zh="申请人要求人来看", en="The applicant asked for a person"),
    "correction": Text(
        zh="登记更正后，规则的结论变了，原决定仍有效", en="A record was corrected and the rules now say otherwise; the decision stands"
    ),
    "second": Text(zh="等第二个人复核", en="Waits for a second officer"),
}
FACT_STATES: Final = {
    "absent": Text(zh="来源答：没有", en="The source says: none"),
    "unavailable": Text(zh="来源没有回应", en="The source did not answer"),
    "stale": Text(zh="太旧，不能用", en="Too old to rely on"),
    "conflict": Text(zh="来源互相矛盾", en="Sources contradict each other"),
    "unproven": Text(zh="无法证实", en="Could not be proved"),
    "None": Text(zh="没有取到", en="Not fetched"),
}
DISPUTED: Final = Text(zh="申请人有异议", en="The applicant disputes this")
ACTS: Final = {
    "approve": Text(zh="通过", en="Approve"),
    "refuse": Text(zh="不予许可", en="Refuse"),
    "redirect": Text(zh="转办", en="Redirect"),
    "uphold": Text(zh="维持原决定", en="Uphold the decision"),
}
HINTS: Final = {
    "approve": Text(zh="条件都符合", en="All conditions are met"),
    "refuse": Text(zh="有一条确实不符合，补不了", en="One is certainly not met and cannot be cured"),
    "redirect": Text(zh="应在别的事项或部门办", en="Another service or office is the right one"),
    "uphold": Text(zh="复核后，原来的决定不变", en="After the review the decision stands"),
}
DONE: Final = {
    "approve": Text(zh="已决定：通过。申请人会收到短信。", en="Decided: approved. The applicant gets a text message."),
    "refuse": Text(zh="已决定：不予许可。短信会写明理由和救济途径。", en="Refused. The applicant is told why, and how to appeal."),
    "redirect": Text(zh="已转办。申请人会收到短信，写明去哪里办。", en="Redirected. The applicant is told where to go."),
    "uphold": Text(zh="已维持原决定，理由已告诉申请人。", en="Upheld; the applicant is told why."),
    "supplement": Text(zh="已一次告知要补正的内容，时钟停在这里。", en="All defects were named at once; the clock stands."),
    "second": Text(zh="在等第二个人复核，生效前申请人看不到。", en="It waits for a second officer; the applicant does not see it yet."),
    "return": Text(zh="已退回待办，附上您写的原因。", en="Returned to the queue with your note."),
    "put_back": Text(zh="已放回，别人可以领。", en="Put back; others can take it."),
}
HAPPENED: Final[Mapping[str, Text]] = {
    "application.ApplicationOpened": Text(zh="申请人开始办理", en="The applicant began"),
    "application.ApplicationWithdrawn": Text(zh="申请人撤回", en="The applicant withdrew"),
    "application.VersionChanged": Text(zh="改按新版规则", en="Went on under newer rules"),
    "consent.ConsentGiven": Text(zh="申请人同意取信息", en="The applicant consented"),
    "consent.ConsentWithdrawn": Text(zh="申请人撤回同意", en="The consent was withdrawn"),
    "exchange.DataPulled": Text(zh="取到信息", en="Data were fetched"),
    "exchange.PullRefused": Text(zh="取信息被拒", en="A fetch was refused"),
    "exchange.RecordPushed": Text(zh="写入登记", en="Written into a register"),
    "exchange.DisputeFiled": Text(zh="数据异议已转给部门核实", en="The dispute went to the agency"),
    "exchange.DisputeAnswered": Text(zh="部门已答复数据异议", en="The agency answered the dispute"),
    "exchange.DisputeTransferred": Text(zh="数据异议已转给另一部门", en="The dispute was passed on to another agency"),
    "filing.FilingConfirmed": Text(zh="申请人确认提交", en="The applicant submitted"),
    "filing.FactDisputed": Text(zh="申请人提出异议", en="The applicant disputed a fact"),
    "approval.Decided": Text(zh="作出决定", en="Decided"),
    "approval.CaseReferred": Text(zh="转人工", en="Referred to a person"),
    "approval.CaseTaken": Text(zh="有人领件", en="Taken"),
    "approval.CasePutBack": Text(zh="放回待办", en="Put back"),
    "approval.CaseRead": Text(zh="工作人员查看", en="Looked at by staff"),
    "approval.DecisionProposed": Text(zh="拟定决定，等复核", en="A decision waits for a second officer"),
    "approval.DecisionReturned": Text(zh="复核未通过，退回", en="Returned by the second officer"),
    "approval.DecisionUpheld": Text(zh="维持原决定", en="The decision was upheld"),
    "approval.Redecided": Text(zh="登记更正，重新核算", en="A record was corrected; the rules decided again"),
    "approval.ReviewRequested": Text(zh="申请人要求人工复核", en="The applicant asked for a review"),
    "licence.LicenceIssued": Text(zh="证照已出具", en="A licence was issued"),
    "licence.LicenceUpdated": Text(zh="证照已更新", en="The licence has a new version"),
    "licence.LicenceRevoked": Text(zh="证照已撤销", en="The licence was revoked"),
    "notification.MessageWritten": Text(zh="短信已写好", en="A message was written"),
    "notification.MessageDelivered": Text(zh="短信已送达", en="A message was delivered"),
    "notification.MessageUndelivered": Text(zh="短信没有送达", en="A message was not delivered"),
}  # fmt: skip
