"""A pull by a system of an agency: it names a person by her number, and has what was agreed with its office, for that use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange.actions.grounds import AgencyDuty
from miaopi.apps.exchange.actions.pull import Pulled, pull_or_say_why
from miaopi.apps.exchange.events.pulls import OWN_NUMBER
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.identity.api import Right, authorise, name_party
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

DEADLINE: Final = timedelta(seconds=8)
CASE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,29}")
LIKE_A_NUMBER: Final = re.compile(r"\d{15}")
A_NUMBER: Final = re.compile(r"\d{6}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")  # GB 11643: place, day of birth, serial
SUBJECT: Final = "subject.id_number"


def pull_for_agency(
    *, resource: str, fields: Collection[str], id_number: str, use: str, purpose: str, instrument: str, article: str, case: str,
    by: Actor, now: datetime,
) -> Pulled:
    """Facts of a person for a case of the agency's own, and why what is refused was not had.

    `case` is the number under which the agency will find again why it asked; the person sees it. Raises InputError for a number that
    is none or a part that is empty, NotFound for an unknown resource; PullRefusedError, after its entry, for a use that is a service.
    What the catalogue does not know is refused without an entry: nobody's text but ours goes into the log as a name.
    """
    authorise(by, Right.PULL_AS_AGENCY)
    for name, words in (("use", use), ("purpose", purpose), ("ground.instrument", instrument), ("ground.article", article)):
        if not words.strip() or _may_hold_a_number(words):
            raise InputError(
                name, Text(zh=f"{name} 为空，或含有像身份证号的数字。", en=f"{name} is empty, or holds what may be an identity number."),
                Text(zh="请按协议写明。", en="Say it as the agreement does."),
            )  # fmt: skip
    if not CASE.fullmatch(case) or _may_hold_a_number(case):
        raise InputError(
            "case", Text(zh="办件编号写法不对。", en="this is no number of a case."),
            Text(zh="用不超过30个字母、数字和 . _ / -，不得含身份证号。",
                 en="Use at most 30 letters, digits and . _ / -, and no identity number."),
        )  # fmt: skip
    known = get_resource(resource).fields
    unknown = {f"{resource}.{name}": RefusalCode.FIELD_UNKNOWN for name in fields if name not in known}
    subject = name_party(id_number=id_number, field=SUBJECT, by=by, now=now)
    ground = AgencyDuty(
        service=use, application=f"{OWN_NUMBER}{case}", instrument=instrument, article=article, purpose=purpose, requester=by.id
    )
    asks = {resource: tuple(name for name in fields if name in known)}
    pulled = pull_or_say_why(subject=subject, asks=asks, ground=ground, deadline=DEADLINE, by=by, now=now)
    return Pulled(pulled.facts, {**unknown, **pulled.refused})


def _may_hold_a_number(words: str) -> bool:
    """As such, or taken apart by blanks, points or strokes, or in wide digits: the log would keep it for ever."""
    joined = "".join(sign for sign in unicodedata.normalize("NFKC", words) if sign.isalnum())
    return LIKE_A_NUMBER.search(words) is not None or A_NUMBER.search(joined) is not None
