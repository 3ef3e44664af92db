"""What the pages of the steward say of sharing, states, results and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.apps.catalogue.api import Mode, Openness, Sharing
from miaopi.apps.exchange.api import AgreementState, Clock, Shown
from miaopi.kernel.decision import Privacy
from miaopi.kernel.wording import Text

SHARED: Final[Mapping[Sharing, Text]] = {
    Sharing.UNCONDITIONAL: Text(zh="无条件共享", en="shared"),
    Sharing.CONDITIONAL: Text(zh="有条件共享", en="shared on condition"),
    Sharing.NOT_SHARED: Text(zh="不予共享", en="not shared"),
}
OPEN: Final[Mapping[Openness, Text]] = {
    Openness.OPEN: Text(zh="无条件开放", en="open"),
    Openness.ON_CONDITION: Text(zh="有条件开放", en="open on condition"),
    Openness.CLOSED: Text(zh="不予开放", en="not open"),
}
MODES: Final[Mapping[Mode, Text]] = {
    Mode.TABLE: Text(zh="库表", en="table"), Mode.INTERFACE: Text(zh="接口", en="interface"), Mode.FILE: Text(zh="文件", en="file"),
}  # fmt: skip
PRIVATE: Final[Mapping[Privacy, Text]] = {
    Privacy.PUBLIC: Text(zh="公开", en="public"),
    Privacy.PERSONAL: Text(zh="个人信息", en="personal"),
    Privacy.SENSITIVE: Text(zh="敏感个人信息", en="sensitive"),
}
FREQUENCIES: Final[Mapping[str, Text]] = {
    "realtime": Text(zh="实时", en="real time"), "daily": Text(zh="每日", en="daily"), "weekly": Text(zh="每周", en="weekly"),
    "monthly": Text(zh="每月", en="monthly"), "quarterly": Text(zh="每季度", en="quarterly"),
    "half_yearly": Text(zh="每半年", en="every half year"), "yearly": Text(zh="每年", en="yearly"),
    "by_version": Text(zh="按版本", en="with each version"), "irregular": Text(zh="不定期", en="now and then"),
}  # fmt: skip
TYPES: Final[Mapping[str, Text]] = {
    "C": Text(zh="文字", en="text"), "M": Text(zh="文字", en="text"), "N": Text(zh="数", en="number"), "Y": Text(zh="金额", en="amount"),
    "B": Text(zh="数", en="number"), "I": Text(zh="整数", en="whole number"), "F": Text(zh="数", en="number"),
    "D": Text(zh="日期", en="day"),
    "T": Text(zh="时间", en="time"),
    "L": Text(zh="是或否", en="yes or no"), "G": Text(zh="文件", en="file"),
}  # fmt: skip
TONES: Final[Mapping[AgreementState, str]] = {
    AgreementState.FILED: "wait", AgreementState.GRANTED: "approve", AgreementState.REFUSED: "refuse",
    AgreementState.SUSPENDED: "supplement", AgreementState.REVOKED: "refuse", AgreementState.EXPIRED: "wait",
}  # fmt: skip
CLOCKS: Final[Mapping[Clock, Text]] = {
    Clock.CHECK: Text(zh="规范性审核，2个工作日", en="formal check, 2 working days"),
    Clock.ANSWER: Text(zh="提供部门答复，5个工作日", en="answer of the provider, 5 working days"),
    Clock.CONNECT: Text(zh="先接入再答复，10个工作日", en="to be connected first, 10 working days"),
}
RESULTS: Final[Mapping[str, tuple[str, Text]]] = {
    "found": ("approve", Text(zh="给了", en="given")),
    "absent": ("approve", Text(zh="答：没有", en="said: none")),
    "outside": ("wait", Text(zh="没有可给的行", en="no row within the grant")),
    "conflict": ("refer", Text(zh="两行矛盾", en="rows contradict")),
    "unsaid": ("refer", Text(zh="没有说清", en="not said")),
    "awaited": ("wait", Text(zh="已收到，稍后答复", en="taken, answered later")),
    "stale": ("supplement", Text(zh="太旧，不采信", en="too old: not believed")),
    "silent": ("supplement", Text(zh="没有回应", en="no answer")),
    "doubted": ("supplement", Text(zh="连续说没有，不采信", en="none for everybody: not believed")),
}
FAILURES: Final[Mapping[str, Text]] = {
    "refused": Text(zh="没有接", en="refused"), "timeout": Text(zh="超时", en="timed out"), "garbage": Text(zh="答非所问", en="garbage"),
    "schema_changed": Text(zh="表结构不符", en="schema changed"),
}  # fmt: skip
WHEN_SHOWN: Final[Mapping[Shown, tuple[Text, Text]]] = {
    Shown.IMMEDIATE: (
        Text(zh="马上看到", en="At once"), Text(zh="通常如此，不用另写依据", en="the rule; no further law is needed"),
    ),
    Shown.DEFERRED: (
        Text(zh="推迟看到", en="Later"), Text(zh="先计数，到时自动显示", en="counted first, and shown by itself when the time comes"),
    ),
    Shown.WITHHELD: (
        Text(zh="先不显示", en="Not for now"), Text(zh="只计数，依法解除后才显示", en="counted, and shown when released by law"),
    ),
}  # fmt: skip
REFUSED: Final = Text(zh="拒绝", en="refused")
HAPPENED: Final[Mapping[str, Text]] = {
    "exchange.AgreementRequested": Text(zh="提出申请", en="Requested"),
    "exchange.AgreementGranted": Text(zh="同意", en="Granted"),
    "exchange.AgreementRefused": Text(zh="不同意", en="Refused"),
    "exchange.AgreementSuspended": Text(zh="暂停", en="Suspended"),
    "exchange.AgreementResumed": Text(zh="恢复", en="Resumed"),
    "exchange.AgreementRevoked": Text(zh="撤销", en="Revoked"),
    "exchange.AgreementExpired": Text(zh="到期", en="Expired"),
    "exchange.AgreementOverdue": Text(zh="逾期未答复", en="Not answered in time"),
}
DONE: Final[Mapping[str, Text]] = {
    "asked": Text(zh="申请已提交。", en="The request is made."),
    "approve": Text(zh="已同意，下一次取数就生效。", en="Granted; it works from the next call on."),
    "narrow": Text(zh="已按您收窄的范围同意，下一次取数就生效。", en="Granted as far as you said; it works from the next call on."),
    "refuse": Text(zh="已答复不同意，申请部门看得到理由。", en="Refused; the department reads your reason."),
    "suspend": Text(zh="已暂停，从下一次取数起给不出。", en="Suspended from the next call on."),
    "resume": Text(zh="已恢复，条件不变。", en="It holds again, on the same terms."),
    "revoke": Text(zh="已撤销，从下一次取数起给不出。", en="Revoked from the next call on."),
    "dispute": Text(zh="已答复，本人会收到通知。", en="Answered; the person is told."),
    "upheld": Text(
        zh="已答复，本人会收到通知。用过这份登记的决定正在重新作出。",
        en="Answered; the person is told. Decisions that used the record are made again.",
    ),
    "corrected": Text(zh="更正已报出。用过这份登记的决定正在重新作出。", en="Reported. Decisions that used the record are made again."),
    "transfer": Text(zh="已转办，本人会收到通知。", en="Passed on; the person is told who has it."),
    "objection": Text(zh="已答复，当事人会收到通知。", en="Answered; the person is told."),
    "measured": Text(zh="已重新统计。只有数字离开了部门。", en="Counted anew. Only figures left the agencies."),
    "found": Text(zh="已比对完。新的线索排在待判断里。", en="Compared. New pairs stand among those to be decided."),
    "merge": Text(zh="已合并。从下一次查询起按同一人答复。", en="Merged. From the next pull on it is one party."),
    "distinct": Text(zh="已记下：不是同一人。", en="Noted: two parties."),
    "reopen": Text(zh="已退回待判断。", en="Taken back, to be decided."),
    "key_ended": Text(zh="密钥已停用。", en="The key is of no use any more."),
}
COLUMNS: Final[Mapping[str, Text]] = {
    "name_zh": Text(zh="名称", en="name"), "name_en": Text(zh="英文名称", en="English name"),
    "sharing_type": Text(zh="共享类型", en="sharing"), "sharing_condition": Text(zh="共享条件", en="condition"),
    "sharing_method": Text(zh="共享方式", en="manner"), "update_frequency": Text(zh="更新周期", en="update cycle"),
    "legal_ground": Text(zh="依据", en="legal ground"), "openness": Text(zh="开放属性", en="openness"),
    "open_condition": Text(zh="开放条件", en="condition of opening"), "mode": Text(zh="格式", en="format"),
    "abstract": Text(zh="摘要", en="abstract"), "steward": Text(zh="责任岗位", en="post that answers for it"),
    "is_connected": Text(zh="是否接入", en="connected"), "privacy": Text(zh="隐私等级", en="privacy"),
    "type": Text(zh="类型", en="type"), "length": Text(zh="长度", en="length"), "position": Text(zh="次序", en="place"),
    "published_on": Text(zh="发布日期", en="published on"), "related_codes": Text(zh="关联资源", en="related resources"),
    "agency_id": Text(zh="提供方", en="agency"), "class_code": Text(zh="资源代码", en="class code"), "code": Text(zh="编号", en="code"),
}  # fmt: skip
