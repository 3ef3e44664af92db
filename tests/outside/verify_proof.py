"""Is this entry in the log, does the log only grow? Checks a proof with the standard library alone; nothing of the house is imported.

    python3 verify_proof.py [--key NAME+HASH+KEY] < proof.json

A proof without an entry says that one signed tree only adds to an older one.
Prints `valid: …` and ends 0, or `invalid: why` and ends 1. Without `--key` the key that stands in the proof is believed, so
the answer says only that proof and key belong together; with it, only that key is. Standards: RFC 8785 (entry), RFC 9162 §2.1
(tree), C2SP signed-note and tlog-checkpoint (head), RFC 8032 (Ed25519).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from typing import NoReturn

PRESENT = {"leaf", "entry", "salt", "leaf_index", "tree_size", "root", "inclusion", "checkpoint"}
OPTIONAL = {"key", "old_size", "old_root", "consistency"}
GROWN = {"tree_size", "root", "checkpoint", "old_size", "old_root", "consistency"}
BESIDE_GROWN = {"key", "old_checkpoint", "at"}
LARGEST = 2**53 - 1  # RFC 8785 §3.2.2.3: beyond it a number no longer has one form


class Invalid(Exception):
    """Why the proof proves nothing."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a proof of the log, read from standard input.")
    parser.add_argument("--key", metavar="NAME+HASH+KEY", help="believe this key alone, not the one in the proof")
    arguments = parser.parse_args()
    try:
        said = check(sys.stdin.buffer.read().decode("utf-8"), arguments.key)
    except Invalid as flaw:
        print(f"invalid: {flaw}")
        return 1
    except UnicodeDecodeError:
        print("invalid: not UTF-8")
        return 1
    except RecursionError:
        print("invalid: nested too deeply")
        return 1
    print(f"valid: {said}")
    return 0


def check(text: str, trusted: str | None = None) -> str:
    """What the proof in this JSON text proves, in words. Raises Invalid."""
    proof = read(text)
    if "entry" not in proof:
        return check_growth_alone(proof, trusted)
    # 1. The entry is the one text that its content can have.
    entry = read_text(proof, "entry")
    if canonical(parse(entry, "entry")) != entry:
        raise Invalid("the entry is not canonical JSON")
    # 2. The leaf is made of salt and entry.
    salt, leaf = read_base64(proof["salt"], "salt"), read_base64(proof["leaf"], "leaf")
    if len(salt) < 16:
        raise Invalid("the salt is too short to hide anything")
    if sha256(salt + entry.encode()) != leaf:
        raise Invalid("the leaf is not that of the entry and its salt")
    # 3. The leaf is in the tree with this root.
    size, root = read_number(proof, "tree_size"), read_hash(proof["root"], "root")
    index = read_number(proof, "leaf_index")
    if not is_included(sha256(b"\x00" + leaf), index, size, read_path(proof, "inclusion"), root):
        raise Invalid("the inclusion path does not lead from the leaf to the root")
    # 4. The checkpoint states this root, under a signature of the key.
    key = believe(proof, trusted)
    name = check_checkpoint(read_text(proof, "checkpoint"), key, size, root)
    # 5. The tree only adds to the one that was signed before.
    grown = check_growth(proof, size, root)
    source = "the trusted key" if trusted is not None else "the key in the proof"
    return f"entry {index} of {size} in {name}, signed under {source}{grown}"


def check_growth_alone(proof: dict[str, object], trusted: str | None) -> str:
    """That a signed tree contains an older one; the older one's own signature too, where it is there."""
    size, root, key = read_number(proof, "tree_size"), read_hash(proof["root"], "root"), believe(proof, trusted)
    name = check_checkpoint(read_text(proof, "checkpoint"), key, size, root)
    old_size, old_root = read_number(proof, "old_size"), read_hash(proof["old_root"], "old_root")
    if "old_checkpoint" in proof:
        check_checkpoint(read_text(proof, "old_checkpoint"), key, old_size, old_root)
    grown = check_growth(proof, size, root)
    source = "the trusted key" if trusted is not None else "the key in the proof"
    return f"the tree of {size} in {name}, signed under {source}{grown}"


def believe(proof: dict[str, object], trusted: str | None) -> str:
    """The key to hold signatures against: the trusted one alone, if there is one."""
    if trusted is not None and proof.get("key", trusted) != trusted:
        raise Invalid("the key in the proof is not the trusted one")
    return trusted if trusted is not None else read_text(proof, "key")


def check_checkpoint(note: str, key: str, size: int, root: bytes) -> str:
    """C2SP tlog-checkpoint inside signed-note; returns the name of the log."""
    name, identifier, public = read_key(key)
    text, blank, below = note.rpartition("\n\n")
    if not blank or not below.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in note):
        raise Invalid("the checkpoint is not a signed note")
    text += "\n"
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != name or lines[1] != str(size) or read_base64(lines[2], "checkpoint root") != root:
        raise Invalid("the checkpoint is not about this log, size and root")
    found = False
    for line in below[:-1].split("\n"):
        form = re.fullmatch("— ([^ +]+) ([^ ]+)", line)
        if form is None:
            raise Invalid("a line below the checkpoint is no signature")
        signed = read_base64(form[2], "signature")
        if form[1] == name and signed[:4] == identifier:
            if not is_signed(public, text.encode(), signed[4:]):
                raise Invalid("the signature of the checkpoint does not hold")
            found = True
    if not found:
        raise Invalid("the checkpoint bears no signature of the key")
    return name


def check_growth(proof: dict[str, object], size: int, root: bytes) -> str:
    path = read_path(proof, "consistency") if "consistency" in proof else []
    if proof.get("old_size") is None:
        if path or proof.get("old_root") is not None:
            raise Invalid("a consistency path without the tree it starts from")
        return ""
    old_size, old_root = read_number(proof, "old_size"), read_hash(proof.get("old_root"), "old_root")
    if not is_consistent(old_size, size, old_root, root, path):
        raise Invalid("the tree does not contain the older one")
    return f", which contains the tree of {old_size}"


# The tree: RFC 9162 §2.1.3.2 and §2.1.4.2.


def sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def is_included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_consistent(first: int, second: int, old_root: bytes, root: bytes, path: list[bytes]) -> bool:
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and old_root == root
    if first & (first - 1) == 0:
        path = [old_root, *path]
    if len(path) == 0 or (first & (first - 1) == 0 and len(path) == 1):
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == root and sn == 0


# Ed25519: RFC 8032 §5.1.7, in extended homogeneous coordinates (x = X/Z, y = Y/Z, x·y = T/Z).

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point = add(point, point)
        factor >>= 1
    return total


def point_of(octets: bytes) -> Point | None:
    """RFC 8032 §5.1.3: None for what is no point, a y that is not reduced included."""
    number = int.from_bytes(octets, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def octets_of(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    a = point_of(public)
    if len(signature) != 64 or a is None:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_a = (P - a[0], a[1], 1, P - a[3])
    return octets_of(add(times(s, BASE), times(k, minus_a))) == signature[:32]


# Reading: one form for each value, so that nothing can be changed without being noticed.


def read(text: str) -> dict[str, object]:
    proof = parse(text, "proof")
    if not isinstance(proof, dict):
        raise Invalid("a proof is a JSON object")
    is_of_entry = bool((PRESENT - GROWN) & set(proof))
    needed, beside = (PRESENT, OPTIONAL) if is_of_entry else (GROWN, BESIDE_GROWN)
    if missing := sorted(needed - set(proof)):
        raise Invalid(f"no {missing[0]}")
    if strange := sorted(set(proof) - needed - beside):
        raise Invalid(f"nothing is known here about {strange[0]!r}")
    return proof


def parse(text: str, what: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse, parse_float=refuse)
    except (ValueError, RecursionError):
        raise Invalid(f"the {what} is not JSON") from None


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) != len(dict(pairs)):
        raise Invalid("a name stands twice in one object")
    return dict(pairs)


def refuse(number: str) -> NoReturn:
    raise Invalid("a number that is not an integer")


def canonical(value: object) -> str:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Invalid("a number too large for canonical JSON")
    if isinstance(value, str) and any(0xD800 <= ord(sign) < 0xE000 for sign in value):
        raise Invalid("half a character")
    return json.dumps(value, ensure_ascii=False)


def read_text(proof: dict[str, object], name: str) -> str:
    value = proof.get(name)
    if not isinstance(value, str):
        raise Invalid(f"{name} is not a text")
    return value


def read_number(proof: dict[str, object], name: str) -> int:
    value = proof.get(name)
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise Invalid(f"{name} is not a number from 0")
    return value


def read_hash(value: object, name: str) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise Invalid(f"{name} is not 32 bytes in small hexadecimal digits")
    return bytes.fromhex(value)


def read_path(proof: dict[str, object], name: str) -> list[bytes]:
    path = proof[name]
    if not isinstance(path, list):
        raise Invalid(f"{name} is not a list")
    return [read_hash(each, name) for each in path]


def read_base64(value: object, name: str) -> bytes:
    """Strict: no line ends, no missing padding, no bits that say nothing."""
    try:
        octets = base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(f"{name} is not base64") from None
    if not isinstance(value, str) or base64.b64encode(octets).decode() != value:
        raise Invalid(f"{name} is not base64 in its one form")
    return octets


def read_key(key: str) -> tuple[str, bytes, bytes]:
    """`name+hash+key` of C2SP signed-note: name, key id, public key."""
    form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", key)
    if form is None:
        raise Invalid("the key is not of the form name+hash+key")
    kind_and_key = read_base64(form[3], "key")
    if kind_and_key[:1] != b"\x01" or len(kind_and_key) != 33:
        raise Invalid("the key is not an Ed25519 key")
    if sha256(form[1].encode() + b"\n" + kind_and_key)[:4].hex() != form[2]:
        raise Invalid("the key does not have the id that it states")
    return form[1], bytes.fromhex(form[2]), kind_and_key[1:]


if __name__ == "__main__":
    sys.exit(main())
