"""Ed25519, signed notes, checkpoints, and the proof that anybody can check."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from typing import Any

import pytest

from miaopi.kernel.credential import (
    Head,
    checkpoint_text,
    find_flaw,
    key_id,
    make_note,
    note_key,
    open_note,
    public_key_of,
    read_checkpoint,
    sign,
    verify,
)
from miaopi.kernel.credential.proofs import (
    MALFORMED,
    NOT_CANONICAL,
    NOT_CONSISTENT,
    NOT_INCLUDED,
    NOT_SIGNED,
    OTHER_HEAD,
    OTHER_LEAF,
)
from tests.unit.kernel.log import KEY, ORIGIN, SCRIPT, SEED, load_outsider, make_proof, signed_head
from tests.unit.kernel.test_ledger import vectors

OTHER = hashlib.sha256(b"somebody else's key").digest()
ROOT = bytes(range(32))
OUTSIDER = load_outsider()

# RFC 8032 §7.1: seed, public key, message, signature
SIGNATURES = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "public", "message", "signature"), SIGNATURES)
def test_signatures_are_those_of_the_norm(seed: str, public: str, message: str, signature: str) -> None:
    made = sign(bytes.fromhex(seed), bytes.fromhex(message))
    assert (public_key_of(bytes.fromhex(seed)).hex(), made.hex()) == (public, signature)
    for judge in (verify, OUTSIDER.is_signed):
        assert judge(bytes.fromhex(public), bytes.fromhex(message), made)
        assert not judge(bytes.fromhex(public), b"other", made)


def test_a_malformed_key_or_signature_is_no_signature() -> None:
    public, made = public_key_of(SEED), sign(SEED, b"text")
    order = 2**252 + 27742317777372353535851937790883648493
    twin = made[:32] + (int.from_bytes(made[32:], "little") + order).to_bytes(32, "little")
    for key, signature in [(public[:31], made), (public, made[:63]), (public, b""), (b"\xff" * 32, made), (public, twin)]:
        assert not verify(key, b"text", signature)
        assert not OUTSIDER.is_signed(key, b"text", signature)


def test_notes_are_judged_as_the_published_ones() -> None:
    for case in vectors("c2sp-notes.json")["cases"]:
        if "valid" in case:
            assert (open_note(case["note"], case["vkey"]) is not None) is case["valid"], case["name"]
        elif "note" in case:
            text = case["note"].partition("\n\n")[0] + "\n"
            head = read_checkpoint(text)
            assert head is not None and (head.origin, head.size) == (case["origin"], case["size"])


def test_a_note_opens_under_its_key_alone() -> None:
    note = signed_head(3, ROOT)
    assert open_note(note, KEY) == checkpoint_text(ORIGIN, 3, ROOT)
    assert open_note(note, note_key(ORIGIN, public_key_of(OTHER))) is None
    assert open_note(note, note_key("another.invalid/log", public_key_of(SEED))) is None


def test_signatures_of_witnesses_beside_it_are_passed_over() -> None:
    note = signed_head(3, ROOT)
    text, _, line = note.rpartition("\n\n")
    witness = make_note(text + "\n", "witness.invalid", public_key_of(OTHER), sign(OTHER, (text + "\n").encode()))
    assert open_note(witness + line, KEY) == open_note(note + witness.rpartition("\n\n")[2], KEY) == text + "\n"
    assert open_note(witness, KEY) is None


def test_a_signature_of_the_key_that_does_not_hold_spoils_the_note() -> None:
    note = signed_head(3, ROOT)
    forged = make_note(checkpoint_text(ORIGIN, 3, ROOT), ORIGIN, public_key_of(SEED), bytes(64))
    assert open_note(note + forged.rpartition("\n\n")[2], KEY) is None


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note.replace("\u2014 ", "- "),
        lambda note: note.replace("\u2014 ", "\u2014  "),
        lambda note: note[:-3] + "\n",
        lambda note: note.replace("3\n", "4\n"),
        lambda note: note[:-2] + "\n",
    ],
)
def test_what_is_no_note_does_not_open(spoilt: Any) -> None:
    assert open_note(spoilt(signed_head(3, ROOT)), KEY) is None


@pytest.mark.parametrize(
    "key",
    [
        "",
        "log",
        "log+12345678",
        KEY.replace("+", " "),
        KEY + "\n",
        KEY[:-4],
        KEY[:-1] + "_",
        ORIGIN + "+00000000+" + KEY.split("+", 2)[2],
        ORIGIN + "+" + hashlib.sha256(ORIGIN.encode() + b"\n\x02" + ROOT).hexdigest()[:8] + "+" + base64.b64encode(b"\x02" + ROOT).decode(),
    ],
)
def test_what_is_no_key_opens_nothing(key: str) -> None:
    assert open_note(signed_head(3, ROOT), key) is None
    with pytest.raises(OUTSIDER.Invalid):
        OUTSIDER.read_key(key)


def test_a_key_states_its_own_id() -> None:
    public = public_key_of(SEED)
    assert key_id("a", public) == hashlib.sha256(b"a\n\x01" + public).digest()[:4]
    assert note_key("a", public).startswith(f"a+{key_id('a', public).hex()}+")


def test_a_checkpoint_is_read_back() -> None:
    assert read_checkpoint(checkpoint_text(ORIGIN, 7, ROOT)) == Head(ORIGIN, 7, ROOT)
    assert read_checkpoint(checkpoint_text(ORIGIN, 0, ROOT) + "an extension\n") == Head(ORIGIN, 0, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "", "log\n7\n", "\n7\n{root}\n", "log\n07\n{root}\n", "log\n-7\n{root}\n", "log\n\uff17\n{root}\n", "log\nseven\n{root}\n",
        "log\n7\n{root}", "log\n7\n{root}\n\nmore\n", "log\n7\n{short}\n", "log\n7\n{loose}\n", "log\n7\n?\n", "log\n7\n!!\u00e9\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_states_no_head(text: str) -> None:
    root = base64.b64encode(ROOT).decode()
    spoilt = text.replace("{root}", root).replace("{short}", base64.b64encode(ROOT[:31]).decode())
    assert read_checkpoint(spoilt.replace("{loose}", root[:-2] + chr(ord(root[-2]) + 1) + "=")) is None


def test_a_proof_holds_for_us_and_for_the_outsider() -> None:
    for proof in (make_proof(5, 13, 9), make_proof(0, 1, None), make_proof(3, 8, 8), make_proof(7, 8, 4)):
        assert find_flaw(proof) is find_flaw(proof, KEY) is None
        assert OUTSIDER.check(json.dumps(proof))
    assert OUTSIDER.check(json.dumps(make_proof(5, 13, 9)), KEY).endswith("under the trusted key, which contains the tree of 9")


def flawed(**changes: object) -> dict[str, Any]:
    return {**make_proof(5, 13, 9), **changes}


def other_head(size: int = 13, root: bytes = ROOT, origin: str = ORIGIN) -> str:
    return signed_head(size, root, origin=origin)


FLAWS = [
    (flawed(entry='{"a": 1}'), NOT_CANONICAL),
    (flawed(entry="not JSON"), MALFORMED),
    (flawed(entry="1.0"), MALFORMED),
    (flawed(entry="[" * 100_000), MALFORMED),
    (flawed(entry='{"a":1}'), OTHER_LEAF),
    (flawed(salt="AAAA"), OTHER_LEAF),
    (flawed(salt=base64.b64encode(bytes(16)).decode()), OTHER_LEAF),
    (flawed(salt=None), MALFORMED),
    (flawed(leaf_index=4), NOT_INCLUDED),
    (flawed(leaf_index=True), MALFORMED),
    (flawed(leaf_index=-1), MALFORMED),
    (flawed(tree_size="13"), MALFORMED),
    (flawed(tree_size=12), OTHER_HEAD),  # the path of leaf 5 is as long there
    (flawed(tree_size=5), NOT_INCLUDED),
    (flawed(inclusion=[]), NOT_INCLUDED),
    (flawed(inclusion="ab"), MALFORMED),
    (flawed(inclusion=[make_proof(5, 13, 9)["root"].upper()]), MALFORMED),
    (flawed(root=ROOT.hex()), NOT_INCLUDED),
    (flawed(checkpoint=other_head()), OTHER_HEAD),
    (flawed(checkpoint="no note"), NOT_SIGNED),
    (flawed(checkpoint=None), MALFORMED),
    (flawed(key=note_key(ORIGIN, public_key_of(OTHER))), NOT_SIGNED),
    (flawed(key=None), MALFORMED),
    (flawed(old_size=8), NOT_CONSISTENT),
    (flawed(old_size=14), NOT_CONSISTENT),
    (flawed(old_root=ROOT.hex()), NOT_CONSISTENT),
    (flawed(old_root=None), MALFORMED),
    (flawed(consistency=[]), NOT_CONSISTENT),
    (flawed(old_size=None), MALFORMED),
    (flawed(old_size=None, old_root=None), NOT_CONSISTENT),
    (flawed(old_size=0, old_root=ROOT.hex(), consistency=[]), NOT_CONSISTENT),
    (flawed(consistency={}), MALFORMED),
    (flawed(consistency=None), MALFORMED),
    ({name: value for name, value in make_proof(5, 13, 9).items() if name != "leaf"}, MALFORMED),
    ({name: value for name, value in make_proof(5, 13, 9).items() if name != "key"}, MALFORMED),
]


@pytest.mark.parametrize(("proof", "flaw"), FLAWS)
def test_a_flaw_is_named(proof: dict[str, Any], flaw: object) -> None:
    assert find_flaw(proof) == flaw
    with pytest.raises(OUTSIDER.Invalid):
        OUTSIDER.check(json.dumps(proof))


def make_growth(old: int = 3, size: int = 7) -> dict[str, Any]:
    """What `ledger consistency` prints."""
    proof = make_proof(0, size, old)
    kept = {name: proof[name] for name in ("tree_size", "root", "old_size", "old_root", "consistency", "checkpoint", "key")}
    return {**kept, "old_checkpoint": signed_head(old, bytes.fromhex(proof["old_root"])), "at": "2026-11-25T00:00:00+00:00"}


def judge_growth(proof: dict[str, Any], key: str | None = None) -> object:
    """Our flaw, if the outsider agrees that there is one or none."""
    flaw = find_flaw(proof, key)
    try:
        OUTSIDER.check(json.dumps(proof), key)
    except OUTSIDER.Invalid:
        assert flaw is not None
    else:
        assert flaw is None
    return flaw


@pytest.mark.parametrize(("old", "size"), [(1, 1), (1, 8), (3, 7), (4, 8), (7, 8)])
def test_that_a_tree_only_grew_is_proved_without_an_entry(old: int, size: int) -> None:
    assert judge_growth(make_growth(old, size)) is None
    assert judge_growth(make_growth(old, size), KEY) is None
    unkept = make_growth(old, size)
    del unkept["old_checkpoint"]
    assert judge_growth(unkept, KEY) is None


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [
        ({"old_root": ROOT.hex()}, OTHER_HEAD),
        ({"old_root": ROOT.hex(), "old_checkpoint": signed_head(3, ROOT)}, NOT_CONSISTENT),
        ({"old_checkpoint": signed_head(3, ROOT, seed=OTHER)}, NOT_SIGNED),
        ({"old_checkpoint": 5}, MALFORMED),
        ({"checkpoint": signed_head(7, ROOT)}, OTHER_HEAD),
        ({"consistency": []}, NOT_CONSISTENT),
        ({"consistency": None}, MALFORMED),
        ({"old_size": 0}, OTHER_HEAD),
        ({"root": ROOT.hex()}, OTHER_HEAD),
        ({"key": "no key"}, NOT_SIGNED),
        ({"entry": "{}"}, MALFORMED),
    ],
)  # fmt: skip
def test_a_flaw_in_the_growth_is_named(spoil: dict[str, Any], flaw: object) -> None:
    assert judge_growth({**make_growth(), **spoil}) is flaw


def test_growth_under_another_key_is_none() -> None:
    other = note_key(ORIGIN, public_key_of(OTHER))
    assert judge_growth(make_growth(), other) is NOT_SIGNED


def test_only_the_key_that_is_trusted_counts() -> None:
    proof = make_proof(2, 3, 2)
    note = signed_head(3, bytes.fromhex(proof["root"]), seed=OTHER)
    stranger = {**proof, "checkpoint": note, "key": note_key(ORIGIN, public_key_of(OTHER))}
    assert find_flaw(stranger) is None
    assert OUTSIDER.check(json.dumps(stranger))
    assert find_flaw(stranger, KEY) == NOT_SIGNED
    with pytest.raises(OUTSIDER.Invalid, match="not the trusted one"):
        OUTSIDER.check(json.dumps(stranger), KEY)
    del stranger["key"]
    assert find_flaw(stranger, KEY) == NOT_SIGNED
    with pytest.raises(OUTSIDER.Invalid, match="no signature of the key"):
        OUTSIDER.check(json.dumps(stranger), KEY)
    del proof["key"]
    assert find_flaw(proof, KEY) is None
    assert OUTSIDER.check(json.dumps(proof), KEY)


def test_a_key_signs_for_the_log_it_is_named_after() -> None:
    proof = make_proof(2, 3, 2)
    text = checkpoint_text("another.invalid/log", 3, bytes.fromhex(proof["root"]))
    proof["checkpoint"] = make_note(text, ORIGIN, public_key_of(SEED), sign(SEED, text.encode()))
    assert find_flaw(proof) == OTHER_HEAD
    with pytest.raises(OUTSIDER.Invalid, match="not about this log"):
        OUTSIDER.check(json.dumps(proof))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"), ("[]", "a JSON object"), ("{}", "no checkpoint"), ('{"a":1,"a":1}', "stands twice"), ("1.5", "not an integer"),
        ("NaN", "not an integer"), (json.dumps(flawed(record={})), "nothing is known here about 'record'"),
        (json.dumps(flawed(entry=json.dumps(2**53))), "too large"), (json.dumps(flawed(entry='"\\ud800"')), "half a character"),
        (json.dumps(flawed(tree_size=2**53)), "tree_size"),
    ],
)  # fmt: skip
def test_the_outsider_refuses_what_can_be_read_in_two_ways(text: str, why: str) -> None:
    with pytest.raises(OUTSIDER.Invalid, match=why):
        OUTSIDER.check(text)


def run_outsider(text: str | bytes, *arguments: str) -> tuple[int, str]:
    octets = text if isinstance(text, bytes) else text.encode()
    ran = subprocess.run([sys.executable, "-I", str(SCRIPT), *arguments], input=octets, capture_output=True, check=False)
    return ran.returncode, ran.stdout.decode()


def test_the_outsider_answers_by_word_and_exit_code() -> None:
    proof = make_proof(5, 13, 9)
    assert run_outsider(json.dumps(proof)) == (
        0, f"valid: entry 5 of 13 in {ORIGIN}, signed under the key in the proof, which contains the tree of 9\n",
    )  # fmt: skip
    assert run_outsider(json.dumps(proof), "--key", KEY)[0] == 0
    code, said = run_outsider(json.dumps(proof), "--key", note_key(ORIGIN, public_key_of(OTHER)))
    assert (code, said) == (1, "invalid: the key in the proof is not the trusted one\n")
    assert run_outsider(b"\xff") == (1, "invalid: not UTF-8\n")
