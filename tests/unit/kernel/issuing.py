"""An issuer that exists in tests only: a key, a licence of nobody, and what a verifier would hold."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miaopi.kernel.credential import (
    FORMAT,
    Claims,
    Trust,
    compute_kid,
    derive_es256,
    digest_holder,
    make_credential,
    point_of,
    read_trust,
    sign_es256,
    to_jwk,
)
from miaopi.kernel.credential.base45 import encode_base45
from miaopi.kernel.credential.cbor import Tag, encode_cbor

SEED = hashlib.sha256(b"the key of an issuer that exists in tests only").digest()
POINT = point_of(derive_es256(SEED).public_key())
KID = compute_kid(POINT)
ISSUER = "demo.test.invalid"
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ID = bytes(range(16))
ID_NUMBER = "11010519491231002X"  # the sample of GB 11643: nobody's
CLAIMS = Claims(
    issuer=ISSUER, credential_id=ID, issued_at=NOW, not_before=NOW, expires_at=NOW + timedelta(days=90), type_code="RS-001",
    identifier="RS-001-20261125-ABCDEFGHJ", name="演*娜", holder_digest=digest_holder(ID, ID_NUMBER),
)
SHARED = Path(os.environ.get("MIAOPI_SHARED") or Path(__file__).resolve().parents[4] / "shared")


def bundle(**changed: Any) -> dict[str, Any]:
    """As `licence trust-bundle` writes it."""
    return {
        "format": FORMAT, "issuer": ISSUER, "stated_at": NOW.isoformat(), "ttl": 86400, "keys": [{**to_jwk(POINT), "iss": ISSUER}],
        "withdrawn": {}, "types": {"RS-001": {"zh": "应届毕业生引进核准", "en": "Approval for fresh graduates"}}, **changed,
    }


def trust(**changed: Any) -> Trust:
    return read_trust(bundle(**changed))


def sign(message: bytes) -> bytes:
    return sign_es256(SEED, message)


def issue(claims: Claims = CLAIMS) -> str:
    return make_credential(claims, kid=KID, sign=sign)


def forge(
    payload: object, *, protected: object = None, unprotected: object = None, tag: int | None = 18, signature: bytes | None = None
) -> str:
    """A message of any content under the true key, unless a signature is given."""
    header = encode_cbor({1: -7, 4: KID} if protected is None else protected) if not isinstance(protected, bytes) else protected
    body = payload if isinstance(payload, bytes) else encode_cbor(payload)
    signed = sign(encode_cbor(["Signature1", header, b"", body])) if signature is None else signature
    message: object = [header, {} if unprotected is None else unprotected, body, signed]
    return "MP1:" + encode_base45(encode_cbor(message if tag is None else Tag(tag, message)))


def read_vectors(pattern: str) -> list[tuple[str, Any]]:
    """Published vectors by name; where they are not at hand, one line says so, and CI does not let that pass."""
    folder = SHARED / "vectors/credentials"
    found = [(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob(pattern))]
    if not found:
        print(f"no credentials/{pattern}: set MIAOPI_SHARED to the folder that holds vectors/")
        assert os.environ.get("CI") != "true"
    return found
