"""What is said to a person of a look at her data: who, what for, what, and on which ground."""

from __future__ import annotations

from typing import Final

from miaopi.kernel.wording import Text

REFUSED_KIND: Final = "exchange.PullRefused"
WANTED: Final = Text(zh="想看", en="Wanted")
SUPPLY: Final = Text(zh="看了", en="Seen")
WRITTEN: Final = Text(zh="写入了", en="Written")
VERBS: Final = {"exchange.RecordPushed": WRITTEN, REFUSED_KIND: WANTED}
COMMON: Final = {  # what a look at no register, or at no field of one, is told as
    "name": Text(zh="姓名", en="name"), "id_number": Text(zh="证件号码", en="document number"),
}  # fmt: skip
PLATFORM: Final = Text(zh="平台", en="the platform")
BY: Final = {
    "person": Text(zh="您自己办事时由系统取", en="fetched by the system while you applied"),
    "rule_set": Text(zh="由规则自动", en="by the rules"),
    "system": Text(zh="由系统自动", en="by the system"),
    "staff": Text(zh="工作人员", en="staff"),
    "agency": Text(zh="由部门自己的系统", en="by a system of a department"),
}
WHAT_FOR: Final = {
    "approval.CaseRead": Text(zh="人工办理您的申请", en="A person decided your application"),
    "approval.LogRead": Text(zh="审计您的办件", en="Your case was audited"),
    "appointment.VisitRead": Text(zh="到窗口办理时核对", en="Your visit at the counter"),
    "approval.ImpactRead": Text(zh="登记更正后，查用过它的决定", en="A record was corrected: which decisions used it"),
    "exchange.DisputeRead": Text(zh="核实您提出的数据异议", en="To check what you said is wrong in a record"),
    "exchange.DuplicateRead": Text(zh="核对两条登记是否同一人", en="To see whether two rows are one person's"),
    "exchange.EntryRead": Text(zh="审计谁看过您的信息", en="An audit of who looked at your data"),
    "exchange.LineageRead": Text(zh="查决定所用数据的来历", en="Where the data of a decision came from"),
    "exchange.ObjectionRead": Text(zh="答复您对查看的异议", en="To answer your objection to a look"),
}
WHAT_OF: Final = {
    "appointment.VisitRead": Text(zh="姓名、证件号码、要核对的原件", en="name, document number, the papers to be seen"),
    "approval.LogRead": Text(zh="这件办件的全部记录", en="all entries of this case"),
    "approval.ImpactRead": Text(zh="哪些决定用过这份登记", en="which decisions used this record"),
    "exchange.EntryRead": Text(zh="这一条记录本身，不含内容", en="this entry itself, and no value"),
    "exchange.LineageRead": Text(zh="数据来自哪里，不含内容", en="where the data came from, and no value"),
    "exchange.ObjectionRead": Text(zh="您写的话和您指的那次查看", en="what you wrote, and the look that you asked about"),
}
GROUNDS: Final = {  # of looks that name neither a consent nor a duty
    "approval.ImpactRead": Text(zh="登记更正后，要找出用过它的决定", en="A record was corrected, and decisions that used it are looked up"),
    "exchange.DisputeRead": Text(zh="您提出的数据异议，只有登记它的部门能看", en="Your dispute, for the department that keeps the record"),
    "exchange.EntryRead": Text(zh="审计员监督查看数据的人", en="An auditor watches over those who look"),
    "exchange.LineageRead": Text(zh="核对这件办件的数据来历", en="To check where the data of this case came from"),
    "exchange.ObjectionRead": Text(zh="您要求的解释，只有查看的部门能看", en="Your question, for the department that looked"),
}
