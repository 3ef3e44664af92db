"""A log without a database: leaves, signed heads and proofs made of the pure functions alone."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from miaopi.kernel import ledger
from miaopi.kernel.credential import checkpoint_text, make_note, note_key, public_key_of, sign

ORIGIN = "log.test.invalid/log"
SEED = hashlib.sha256(b"the key of a log that exists in tests only").digest()
KEY = note_key(ORIGIN, public_key_of(SEED))
SCRIPT = Path(__file__).resolve().parents[2] / "outside/verify_proof.py"


def entry_of(index: int) -> bytes:
    return ledger.canonical_json({"kind": "test.Happened", "body": {"index": index, "text": "办结 \u00e9\n"}})


def salt_of(index: int) -> bytes:
    return hashlib.sha256(b"salt %d" % index).digest()[:16]


def leaves_of(size: int) -> list[bytes]:
    return [ledger.leaf_data(salt_of(index), entry_of(index)) for index in range(size)]


def signed_head(size: int, root: bytes, *, seed: bytes = SEED, origin: str = ORIGIN) -> str:
    text = checkpoint_text(origin, size, root)
    return make_note(text, origin, public_key_of(seed), sign(seed, text.encode()))


def make_proof(index: int, size: int, old_size: int | None) -> dict[str, Any]:
    """A proof in the form of DESIGN §7.4."""
    leaves = leaves_of(size)
    root = ledger.root(leaves)
    return {
        "leaf": base64.b64encode(leaves[index]).decode(),
        "entry": entry_of(index).decode(),
        "salt": base64.b64encode(salt_of(index)).decode(),
        "leaf_index": index,
        "tree_size": size,
        "root": root.hex(),
        "inclusion": [each.hex() for each in ledger.inclusion_proof(leaves, index)],
        "old_size": old_size,
        "old_root": ledger.root(leaves[:old_size]).hex() if old_size else None,
        "consistency": [each.hex() for each in ledger.consistency_proof(leaves, old_size)] if old_size else [],
        "checkpoint": signed_head(size, root),
        "key": KEY,
    }


def load_outsider() -> ModuleType:
    """The verifier that imports nothing of ours."""
    spec = importlib.util.spec_from_file_location("verify_proof", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
