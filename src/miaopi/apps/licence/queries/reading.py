"""Verifying what a stranger brings: text, a picture of a QR code, our PDF, or a licence as JSON. Needs no database."""

from __future__ import annotations

import json
import re
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from miaopi.kernel import credential
from miaopi.kernel.credential import Reason, Trust, Verdict

LARGEST: Final = 8_000_000  # bytes
PIXELS: Final = 16_000_000
PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
IN_PDF: Final = re.compile(rb"/Keywords \((MP1:[0-9A-Z $%*+\-./:]+)\)")
BOMS: Final = "\ufeff \t\r\n"


def verify_credential(brought: str | bytes, *, trust: Trust, at: datetime) -> Verdict:
    """What a text or the bytes of a file are worth at that moment. Raises nothing: what cannot be read is a reason too."""
    text = brought if isinstance(brought, str) else _find_text(brought)
    if text is None:
        return Verdict(Reason.UNREADABLE, status_at=trust.stated_at)
    return credential.verify_credential(text.strip(BOMS), trust, at=at)


def _find_text(content: bytes) -> str | None:
    if len(content) > LARGEST:
        return None
    if content.startswith(PICTURES):
        return _read_picture(content)
    if content.startswith(b"%PDF-"):
        found = IN_PDF.search(content)
        return None if found is None else found[1].decode()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return _read_json(text) if text.lstrip(BOMS).startswith("{") else text


def _read_json(text: str) -> str | None:
    """The member `credential` of a licence as `licence show` prints it."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = document.get("credential")
    return found if isinstance(found, str) else None


def _read_picture(content: bytes) -> str | None:
    """The text of the one QR code in a picture; more than one is none, for nobody knows which is meant."""
    import zxingcpp  # only whoever brings a picture waits for these two
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > PIXELS:
                return None
            found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    except Exception:  # a stranger's picture: whatever the decoders stumble over, it cannot be read
        return None
    return found[0].text if len(found) == 1 else None
