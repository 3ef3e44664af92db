"""`service.yaml`: what a service is, in the words of its guide (GB/T 39554), and what it says on each outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from miaopi.definitions.payment import Payment, read_payment
from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.definitions.referral import Claim, Referral, read_claims, read_referral
from miaopi.definitions.visit import RegisterRule, VisitRule, read_registers, read_visit
from miaopi.kernel.decision import Basis, Outcome
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

REQUIRED = (
    "slug", "code", "name", "description", "department", "item_type", "subject", "mode", "channels", "fee", "visits",
    "promised", "patience", "deadline", "basis", "materials", "before", "form", "consent", "messages", "verified",
)  # fmt: skip
OPTIONAL = (
    "synonyms", "statutory_limit", "licence", "faq", "payment", "referral", "claims", "visit", "registers", "materials_now",
)  # fmt: skip
OCCASIONS = ("booked", "registered", "reminder", "lapsed", "paid", "stopped")  # told beside the outcomes
CODE = re.compile(r"[A-Z]{2}-\d{3}")
ISSUED = frozenset({"number", "issued_on"})  # what an issued licence knows beside the values of the outcome


class Mode(StrEnum):
    """How a service is decided (DESIGN.md §7.5)."""

    INSTANT = "instant"
    PREFILL = "prefill"
    BOTH = "both"
    ASSISTED = "assisted"
    HISTORICAL = "historical"


class ItemType(StrEnum):
    """What the law calls it. A record filing (备案) never refuses."""

    ADMINISTRATIVE_LICENCE = "administrative_licence"
    ADMINISTRATIVE_CONFIRMATION = "administrative_confirmation"
    ADMINISTRATIVE_BENEFIT = "administrative_benefit"
    PUBLIC_SERVICE_TYPE = "public_service_type"
    RECORD_FILING = "record_filing"
    OTHER_POWER = "other_power"


class Subject(StrEnum):
    """Who can be an applicant."""

    PERSON = "person"
    UNIT = "unit"
    BOTH = "both"


class Verified(StrEnum):
    """Of how many of the instruments named an article was seen."""

    FULL = "full"
    PART = "part"
    NONE = "none"


class Now(StrEnum):
    """What became of a field of the old form."""

    ABOLISHED = "abolished"
    DERIVED = "derived"
    PREFILLED = "prefilled"
    TYPED = "typed"


@frozen
class Material:
    """A paper the old guide asked for. `replaced_by` is a resource, `generated_form`, `abolished`, or empty: still asked."""

    name: Text
    replaced_by: str
    basis: tuple[Basis, ...]


@frozen
class Before:
    """What the old way took: workdays, visits, papers, typed fields; `source` says how this is known."""

    days: int
    visits: int
    papers: int
    fields: int
    source: str


@frozen
class FormField:
    """One field of the old form and what became of it; `fact` names the fact that carries it now."""

    name: str
    label: Text
    now: Now
    fact: str
    why: Text


@frozen
class LicenceTemplate:
    """The outcome document. `{name}` in a line is a value of the outcome, `{number}` or `{issued_on}`."""

    type_code: str
    title: Text
    lines: tuple[Text, ...]


@frozen
class StatutoryLimit:
    workdays: int
    basis: tuple[Basis, ...]


@dataclass(frozen=True)
class Guide:
    """All that `service.yaml` says."""

    slug: str
    code: str
    name: Text
    description: Text
    department: Text
    synonyms: tuple[str, ...]
    item_type: ItemType
    subject: Subject
    mode: Mode
    channels: tuple[str, ...]
    fee: Decimal
    visits: int
    promised: Text
    statutory_limit: StatutoryLimit | None
    patience: timedelta
    deadline: timedelta
    basis: tuple[Basis, ...]
    materials: tuple[Material, ...]
    before: Before
    form: tuple[FormField, ...]
    consent: Text
    messages: Mapping[str, Text]
    licence: LicenceTemplate | None
    payment: Payment | None
    referral: Referral
    claims: tuple[Claim, ...]
    visit: VisitRule | None
    registers: tuple[RegisterRule, ...]
    materials_now: tuple[Text, ...]
    faq: tuple[tuple[Text, Text], ...]
    verified: Verified


def read_service_file(reader: Reader, root: Placed, folder: str) -> Guide:
    entries = reader.entries(root, REQUIRED, OPTIONAL)
    slug, code = reader.string(entries.get("slug")), reader.string(entries.get("code"))
    if slug and slug != folder:
        reader.note(entries["slug"].where, f"the slug is {slug}, but the folder is {folder}")
    if code and not CODE.fullmatch(code):
        reader.note(entries["code"].where, "a code is two capital letters, a dash and three digits")
    department, limit = reader.text(entries.get("department")), _read_limit(reader, entries.get("statutory_limit"))
    materials = tuple(_read_material(reader, one) for one in reader.items(entries.get("materials")))
    return Guide(
        slug=slug,
        code=code,
        name=reader.text(entries.get("name")),
        description=reader.text(entries.get("description")),
        department=department,
        synonyms=tuple(reader.string(one) for one in reader.items(entries.get("synonyms"))),
        item_type=reader.word(entries.get("item_type"), ItemType, ItemType.OTHER_POWER),
        subject=reader.word(entries.get("subject"), Subject, Subject.PERSON),
        mode=reader.word(entries.get("mode"), Mode, Mode.ASSISTED),
        channels=tuple(reader.string(one) for one in reader.items(entries.get("channels"))),
        fee=reader.money(entries.get("fee")),
        visits=reader.number(entries.get("visits")),
        promised=reader.text(entries.get("promised")),
        statutory_limit=limit,
        patience=reader.duration(entries.get("patience")),
        deadline=reader.duration(entries.get("deadline")),
        basis=reader.basis(entries.get("basis")),
        materials=materials,
        before=_read_before(reader, entries.get("before")),
        form=tuple(_read_form_field(reader, one) for one in reader.items(entries.get("form"))),
        consent=reader.text(entries.get("consent")),
        messages=_read_messages(reader, entries.get("messages")),
        licence=_read_licence(reader, entries.get("licence")),
        payment=read_payment(reader, entries.get("payment")),
        referral=read_referral(reader, entries.get("referral"), department=department, limit=limit.workdays if limit else None),
        claims=read_claims(reader, entries.get("claims")),
        visit=read_visit(reader, entries.get("visit")),
        registers=read_registers(reader, entries.get("registers")),
        materials_now=(
            *(material.name for material in materials if not material.replaced_by),
            *(reader.text(one) for one in reader.items(entries.get("materials_now"))),
        ),
        faq=tuple(_read_question(reader, one) for one in reader.items(entries.get("faq"))),
        verified=reader.word(entries.get("verified"), Verified, Verified.NONE),
    )


def _read_limit(reader: Reader, placed: Placed | None) -> StatutoryLimit | None:
    if placed is None:
        return None
    entries = reader.entries(placed, ("workdays", "basis"))
    return StatutoryLimit(reader.number(entries.get("workdays")), reader.basis(entries.get("basis")))


def _read_material(reader: Reader, placed: Placed) -> Material:
    entries = reader.entries(placed, ("name",), ("replaced_by", "basis"))
    replaced_by = reader.string(entries.get("replaced_by"))
    if replaced_by and "basis" not in entries:
        reader.note(placed.where, "a paper is replaced on a basis; name its article")
    return Material(reader.text(entries.get("name")), replaced_by, reader.basis(entries.get("basis")))


def _read_before(reader: Reader, placed: Placed | None) -> Before:
    if placed is None:
        return Before(0, 0, 0, 0, "")
    entries = reader.entries(placed, ("days", "visits", "papers", "fields", "source"))
    days, visits, papers, fields = (reader.number(entries.get(name)) for name in ("days", "visits", "papers", "fields"))
    return Before(days, visits, papers, fields, reader.string(entries.get("source")))


def _read_form_field(reader: Reader, placed: Placed) -> FormField:
    entries = reader.entries(placed, ("name", "label", "now", "why"), ("fact",))
    now = reader.word(entries.get("now"), Now, Now.TYPED)
    fact = reader.string(entries.get("fact"))
    if bool(fact) is (now is Now.ABOLISHED):
        reader.note(placed.where, "an abolished field has no fact, and every other one has")
    return FormField(
        reader.string(entries.get("name")), reader.text(entries.get("label")), now, fact, reader.text(entries.get("why"))
    )


def _read_messages(reader: Reader, placed: Placed | None) -> dict[str, Text]:
    """By outcome or occasion; what fills their placeholders is checked with the rules."""
    found: dict[str, Text] = {}
    for name, at in (reader.mapping(placed) if placed is not None else {}).items():
        if name not in (*Outcome, *OCCASIONS):
            reader.note(at.where, f"{name} is none of {', '.join((*Outcome, *OCCASIONS))}")
            continue
        found[name] = reader.text(at)
    return found


def _read_licence(reader: Reader, placed: Placed | None) -> LicenceTemplate | None:
    if placed is None:
        return None
    entries = reader.entries(placed, ("type_code", "title", "lines"))
    placed_lines = reader.items(entries.get("lines"))
    lines = tuple(reader.text(one) for one in placed_lines)
    for at, line in zip(placed_lines, lines, strict=True):
        if ("：" in line.zh) != (": " in line.en):
            reader.note(at.where, "a line that names its value does so in both languages: “标签：值” and “label: value”")
    return LicenceTemplate(reader.string(entries.get("type_code")), reader.text(entries.get("title")), lines)


def _read_question(reader: Reader, placed: Placed) -> tuple[Text, Text]:
    entries = reader.entries(placed, ("question", "answer"))
    return reader.text(entries.get("question")), reader.text(entries.get("answer"))
