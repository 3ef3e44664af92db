"""A licence on a sheet of A4, for those who want paper: the words, the QR code, and how to check it.

The sheet is as old as its signature, so that the same licence gives the same bytes. The credential stands among its keywords
too: `verify_credential` reads it there. What is printed proves nothing by itself; what the verifier shows is what was signed.
The library is loaded when a sheet is drawn: it takes 0.4 s, and every process of the house loads this door.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final, cast

from miaopi.apps.licence.queries.licences import Licence
from miaopi.apps.licence.queries.picture import NOT_SIGNED, compute_runs
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text, fill

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

FONT: Final = "NotoSansSC"
SIDE: Final = 22.0  # mm, the margins; so are all lengths below
WIDE: Final = 166.0
CODE: Final = 46.0
LEADING: Final = 0.62  # mm a point
INK: Final = 20
PALE: Final = 90
HOW: Final = (
    Text(
        zh="扫描二维码即可核验，不联网也行。请以核验显示的内容为准，并核对本人证件。",
        en="Scan the code to verify, with or without a network. What the verifier shows counts; compare it with an identity document.",
    ),
)
FACTS: Final = (
    Text(zh="证照标识：{identifier}", en="Identifier: {identifier}"),
    Text(zh="出具日期：{issued_on}", en="Issued on: {issued_on}"),
)
LAST_DAY: Final = Text(zh="有效期至：{valid_to}", en="Valid to: {valid_to}")
BY_NUMBER: Final = Text(
    zh="〔U+…〕是字库里没有的字，按统一码编号写出。", en="〔U+…〕 is a sign that the font does not have, written by its Unicode number."
)


def make_pdf(licence: Licence) -> bytes:
    """The sheet. Raises NotFound until the licence is signed."""
    if licence.signed_at is None or licence.credential is None:
        raise NotFound(NOT_SIGNED)
    from fpdf import FPDF

    sheet = FPDF(format="A4")
    sheet.set_margins(SIDE, SIDE, SIDE)
    sheet.set_auto_page_break(True, SIDE)
    sheet.set_creation_date(licence.signed_at)
    sheet.set_title(licence.title.zh)
    sheet.set_lang("zh-CN")
    sheet.set_keywords(licence.credential)
    _add_font(sheet)
    sheet.add_page()
    _write(sheet, licence.issuer.zh, 12, PALE, "C")
    _write(sheet, licence.title.zh, 24, INK, "C")
    _write(sheet, licence.title.en, 12, PALE, "C")
    sheet.ln(8)
    for line in licence.lines:
        _write(sheet, line.zh, 12, INK)
    sheet.ln(4)
    for line in licence.lines:
        _write(sheet, line.en, 9, PALE)
    sheet.ln(8)
    _draw_foot(sheet, licence)
    return bytes(sheet.output())


def _draw_foot(sheet: FPDF, licence: Licence) -> None:
    """The code at the left, beside it what it is, since when, until when, and how to check it."""
    if sheet.get_y() + CODE > sheet.eph + SIDE:
        sheet.add_page()
    top = sheet.get_y()
    runs, size = compute_runs(licence)
    module = CODE / size
    sheet.set_fill_color(0)
    for x, y, length in runs:
        sheet.rect(SIDE + x * module, top + y * module, length * module, module, style="F")
    sheet.set_left_margin(SIDE + CODE + 8)
    sheet.set_xy(SIDE + CODE + 8, top)
    filling = {"identifier": licence.licence_identifier, "issued_on": licence.issued_on, "valid_to": licence.valid_to}
    facts = FACTS if licence.valid_to is None else (*FACTS, LAST_DAY)
    for text in [*(fill(fact, filling) for fact in facts), *HOW, *([BY_NUMBER] if _has_unknown_signs(licence) else [])]:
        _write(sheet, text.zh, 9, INK, wide=WIDE - CODE - 8)
        _write(sheet, text.en, 7, PALE, wide=WIDE - CODE - 8)


def _write(sheet: FPDF, text: str, size: float, ink: int, align: str = "L", *, wide: float = WIDE) -> None:
    sheet.set_font(FONT, size=size)
    sheet.set_text_color(ink)
    sheet.multi_cell(wide, size * LEADING, spell_out(text), align=align, new_x="LMARGIN", new_y="NEXT")


def spell_out(text: str) -> str:
    """The text with each sign that the font does not have as 〔U+2B74F〕: a rare character of a name never vanishes in silence."""
    known = _drawable()
    return "".join(sign if ord(sign) in known else f"〔U+{ord(sign):04X}〕" for sign in text)


def _has_unknown_signs(licence: Licence) -> bool:
    said = [licence.issuer.zh, *(line.zh + line.en for line in licence.lines)]
    return any(spell_out(text) != text for text in said)


def _add_font(sheet: FPDF) -> None:
    """Noto Sans SC (SIL OFL 1.1, its licence beside it): the 20,992 places of CJK unified ideographs, GB/T 2312, Latin."""
    with as_file(files("miaopi.apps.licence.queries").joinpath("fonts/NotoSansSC-subset.ttf")) as path:
        sheet.add_font(FONT, fname=path)


@cache
def _drawable() -> frozenset[int]:
    from fpdf import FPDF

    sheet = FPDF()
    _add_font(sheet)
    return frozenset(cast("TTFFont", sheet.fonts[FONT.lower()]).cmap)
