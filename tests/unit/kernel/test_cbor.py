"""CBOR in its one deterministic form, read with limits; the values and bytes are those of RFC 8949, appendix A."""

from __future__ import annotations

import cbor2
import pytest

from miaopi.kernel.credential.base45 import decode_base45, encode_base45
from miaopi.kernel.credential.cbor import DEPTH, ITEMS, Malformed, Tag, decode_cbor, encode_cbor

BOTH = [
    (0, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65536, "1a00010000"), (1 << 32, "1b0000000100000000"),
    (-1, "20"), (-100, "3863"), (b"", "40"), (b"\x01\x02\x03\x04", "4401020304"), ("", "60"), ("水", "63e6b0b4"),
    ([], "80"), ([1, 2, 3], "83010203"), ({}, "a0"), ({1: 2, 3: 4}, "a201020304"), ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    (None, "f6"), (False, "f4"), (True, "f5"), (Tag(18, [1]), "d28101"), ([1, [2, 3], [4, 5]], "8301820203820405"),
]  # fmt: skip
READ_ONLY = [
    (None, "f7"), (1.5, "f93e00"), (100000.0, "fa47c35000"), (1.1, "fb3ff199999999999a"), (b"\x01\x02\x03\x04\x05",
    "5f42010243030405ff"),
    ("streaming", "7f657374726561646d696e67ff"), ([1, [2, 3]], "9f01820203ff"), ({"a": 1, "b": [2, 3]}, "bf61610161629f0203ffff"),
    ([], "9fff"),
    (0, "1800"),
]  # fmt: skip
REFUSED = {
    "nothing": "", "ends in a head": "19", "ends in an array": "8201", "ends in a map": "a101", "ends in a text": "6261",
    "more bytes than there are": "5bffffffffffffffff", "bytes after the end": "0000", "a break alone": "ff", "a head of no size": "1c",
    "an integer of no length": "1f", "a tag of no length": "df", "text that is not UTF-8": "61ff", "half a character": "63eda080",
    "not a number": "f97e00", "without end": "f97c00", "a simple value of nobody": "f0", "a simple value in two bytes": "f818",
    "a key twice": "a201010102", "a key twice, written longer": "a2010118010 2".replace(" ", ""), "a truth for a key": "a1f501",
    "a list for a key": "a18001", "bytes for a key": "a1410101", "a text among bytes": "5f6161ff", "an endless part": "5f5f4101ffff",
    "an open array": "9f01", "an open map": "bf01", "an open text": "7f6161", "a map that ends between": "bf01ff",
}  # fmt: skip


@pytest.mark.parametrize(("value", "written"), BOTH)
def test_what_is_written_is_the_deterministic_form_and_reads_back(value: object, written: str) -> None:
    assert encode_cbor(value).hex() == written
    assert decode_cbor(bytes.fromhex(written)) == value


@pytest.mark.parametrize(("value", "written"), READ_ONLY)
def test_forms_that_others_write_are_read(value: object, written: str) -> None:
    assert decode_cbor(bytes.fromhex(written)) == value


@pytest.mark.parametrize("written", REFUSED.values(), ids=REFUSED)
def test_what_is_not_one_well_formed_item_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        decode_cbor(bytes.fromhex(written))


def test_keys_stand_in_the_order_of_their_bytes() -> None:
    assert encode_cbor({"b": 1, "a": 2, 10: 3, -70001: 4}) == encode_cbor(dict(reversed({"b": 1, "a": 2, 10: 3, -70001: 4}.items())))
    assert cbor2.loads(encode_cbor({1: [b"x", "y", -5], "z": {}})) == {1: [b"x", "y", -5], "z": {}}


@pytest.mark.parametrize("value", [1.5, object(), [object()], 1 << 64, -(1 << 64) - 1])
def test_what_the_house_does_not_write_is_a_mistake(value: object) -> None:
    with pytest.raises(TypeError):
        encode_cbor(value)


def test_there_is_a_limit_to_depth_and_items() -> None:
    assert decode_cbor(b"\x81" * DEPTH + b"\x80")
    with pytest.raises(Malformed):
        decode_cbor(b"\x81" * (DEPTH + 1) + b"\x80")
    assert len(decode_cbor(b"\x99\x07\xff" + b"\x00" * (ITEMS - 1))) == ITEMS - 1  # type: ignore[arg-type]  # it is a list
    for endless in (b"\x9f" + b"\x00" * ITEMS + b"\xff", b"\x5f" + b"\x40" * ITEMS + b"\xff", b"\x81" * 15_000, b"\xc1" * 15_000):
        with pytest.raises(Malformed):
            decode_cbor(endless)


@pytest.mark.parametrize(("octets", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!",
    "QED8WEX0"), (b"", "")])
def test_base45_is_that_of_the_norm(octets: bytes, text: str) -> None:
    assert encode_base45(octets) == text
    assert decode_base45(text) == octets


@pytest.mark.parametrize("text", ["GGW", "A", "BB8A", "bb8", "水AB", ":::", "::", "GGWAB"])
def test_what_no_bytes_give_is_no_base45(text: str) -> None:
    assert decode_base45(text) is None
