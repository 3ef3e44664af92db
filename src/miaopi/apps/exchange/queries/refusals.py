"""Why a field was not pulled: the stable codes, each with what a person reads. The reference lists the same table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from miaopi.kernel.errors import RightsError
from miaopi.kernel.wording import Text


class RefusalCode(StrEnum):
    """Why nobody was asked, or nothing handed on. Of several reasons the later one is told: it is the nearest to being cured."""

    NO_RIGHT = "no_right"
    CONSENT_MISSING = "consent_missing"
    CONSENT_OTHER_PERSON = "consent_other_person"
    CONSENT_OTHER_SERVICE = "consent_other_service"
    CONSENT_OTHER_APPLICATION = "consent_other_application"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_USED_UP = "consent_used_up"
    CONSENT_EXPIRED = "consent_expired"
    CONSENT_SCOPE = "consent_scope"
    CONSENT_SEPARATE = "consent_separate"
    FIELD_UNKNOWN = "field_unknown"
    NOT_SHARED = "not_shared"
    NO_GRANT = "no_grant"
    WRONG_PURPOSE = "wrong_purpose"
    WRONG_GROUND = "wrong_ground"
    FIELD_NOT_GRANTED = "field_not_granted"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_BEGUN = "not_begun"
    SUSPENDED = "suspended"
    FILTER_BROKEN = "filter_broken"
    OUTSIDE_HOURS = "outside_hours"
    TOTAL_QUOTA_SPENT = "total_quota_spent"
    DAILY_QUOTA_SPENT = "daily_quota_spent"
    NOT_CONNECTED = "not_connected"
    ROW_OUTSIDE = "row_outside"
    AGENCY_POLICY = "agency_policy"
    UPSTREAM_QUOTA_SPENT = "upstream_quota_spent"
    SCHEMA_CHANGED = "schema_changed"
    NUMBER_IN_DOUBT = "number_in_doubt"

    @property
    def family(self) -> str:
        """What stands in the way: a right, the person's consent, the keeper's grant, or the source itself."""
        if self is RefusalCode.NO_RIGHT:
            return "right"
        of_the_source = {
            RefusalCode.AGENCY_POLICY, RefusalCode.UPSTREAM_QUOTA_SPENT, RefusalCode.SCHEMA_CHANGED, RefusalCode.NUMBER_IN_DOUBT,
        }  # fmt: skip
        if self in of_the_source:
            return "source"
        return "consent" if self.value.startswith("consent_") else "grant"


C = RefusalCode
REFUSALS: Final[Mapping[RefusalCode, Text]] = {
    C.NO_RIGHT: Text(zh="您没有查询此信息的权限。", en="You have no right to look at this."),
    C.CONSENT_MISSING: Text(zh="没有这份授权同意。", en="There is no such consent."),
    C.CONSENT_OTHER_PERSON: Text(zh="授权同意不是这个人给的。", en="The consent was given by somebody else."),
    C.CONSENT_OTHER_SERVICE: Text(zh="授权同意是给别的事项的。", en="The consent was given to another service."),
    C.CONSENT_OTHER_APPLICATION: Text(zh="授权同意是给别的申请的。", en="The consent was given for another application."),
    C.CONSENT_WITHDRAWN: Text(zh="授权同意已撤回。", en="The consent was withdrawn."),
    C.CONSENT_USED_UP: Text(
        zh="授权同意已用完：申请已办结或已撤回。", en="The consent is used up: the application was decided, or withdrawn.",
    ),
    C.CONSENT_EXPIRED: Text(zh="授权同意已过期。", en="The consent has expired."),
    C.CONSENT_SCOPE: Text(zh="授权同意不包括该信息项。", en="The consent does not name this field."),
    C.CONSENT_SEPARATE: Text(zh="敏感个人信息没有单独同意。", en="A sensitive field lacks its separate consent."),
    C.FIELD_UNKNOWN: Text(zh="目录中没有该信息项。", en="The catalogue has no such field."),
    C.NOT_SHARED: Text(zh="该信息项不予共享。", en="The field is not shared."),
    C.NO_GRANT: Text(zh="提供部门没有给该事项共享授权。", en="The agency that keeps it has granted this service nothing here."),
    C.WRONG_PURPOSE: Text(zh="共享授权是为别的用途给的。", en="The field was granted for another purpose."),
    C.WRONG_GROUND: Text(zh="所引依据不是共享协议约定的依据。", en="The law that was named is not the one of the agreement."),
    C.FIELD_NOT_GRANTED: Text(zh="共享授权不包括该信息项。", en="The agreement does not hold this field."),
    C.REVOKED: Text(zh="共享授权已撤销。", en="The grant was revoked."),
    C.EXPIRED: Text(zh="共享授权已到期。", en="The agreement has expired."),
    C.NOT_BEGUN: Text(zh="共享授权尚未开始。", en="The agreement has not begun."),
    C.SUSPENDED: Text(zh="共享授权已暂停。", en="The agreement is suspended."),
    C.FILTER_BROKEN: Text(zh="共享授权的行条件不再适用于该资源。", en="The row filter of the agreement no longer fits the resource."),
    C.OUTSIDE_HOURS: Text(zh="不在约定的使用时段内。", en="It is outside the agreed hours."),
    C.TOTAL_QUOTA_SPENT: Text(zh="约定的总次数已用完。", en="The agreed number of calls is spent."),
    C.DAILY_QUOTA_SPENT: Text(zh="当日次数已用完。", en="The calls of the day are spent."),
    C.NOT_CONNECTED: Text(zh="该资源或信息项尚未接入。", en="Nobody is connected for this resource or field."),
    C.ROW_OUTSIDE: Text(zh="没有此人的记录，或不在约定的范围内。", en="There is no row of this person, or none within what was granted."),
    C.AGENCY_POLICY: Text(zh="提供部门的网关按本部门规定不予提供。", en="The agency was reached; its own policy says no."),
    C.UPSTREAM_QUOTA_SPENT: Text(zh="上级平台当日查询次数已用完，次日再查。", en="The upstream platform's calls of the day are spent."),
    C.SCHEMA_CHANGED: Text(zh="数据来源的表或目录已变更，待人工核对。", en="The source no longer has what our configuration names."),
    C.NUMBER_IN_DOUBT: Text(
        zh="该号码与另一号码已合并为同一人，但另有人用那个号码登录，待人工核实。",
        en="The number was merged with another one, with which somebody else signs in: a person has to look.",
    ),
}  # fmt: skip


class PullRefusedError(RightsError):
    """Nothing was pulled at all; `code` says why."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(REFUSALS[code])
        self.code = code
