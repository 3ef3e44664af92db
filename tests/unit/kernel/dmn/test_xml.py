"""What is read as XML, and what is refused with its place."""

from __future__ import annotations

import pytest

from miaopi.kernel.dmn import namespace_of, parse
from miaopi.kernel.errors import DefinitionError
from tests.unit.kernel.dmn.written import NAMESPACE, decision, feel, model, read

BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<d>&b;</d>'
OUTSIDE = b'<!DOCTYPE d SYSTEM "file:///etc/hostname"><d/>'


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (BOMB, "m.dmn:2: a document type or an entity is declared here; neither is read"),
        (OUTSIDE, "m.dmn:1: a document type or an entity is declared here; neither is read"),
        (b"", "m.dmn:1: this is no well-formed XML: no element found"),
        (b"<a>\n<b></a>", "m.dmn:2: this is no well-formed XML: mismatched tag"),
        (b'<?xml version="1.0" encoding="x-nothing"?><a/>', "m.dmn:1: this is no XML in an encoding that is read; write it in UTF-8"),
        (b"<a>&nothing;</a>", "m.dmn:1: this is no well-formed XML: undefined entity"),
        (b"<a/>" + b" " * 4_200_000, "m.dmn:1: the file, with those that it imports, has more than 4,194,304 bytes"),
        (b"<a>" + b"<b/>" * 80_000 + b"</a>", "m.dmn:1: there are more than 80,000 elements"),
        (b"<a>" * 70, "m.dmn:1: elements lie more than 64 deep in each other"),
        (b"<a " + b" ".join(b"a%d='1'" % n for n in range(65)) + b"/>", "m.dmn:1: an element has more than 64 attributes"),
        (b"<definitions/>", "m.dmn:1: this is no DMN model: its root is not the definitions of DMN 1.1 to 1.5"),
        (f'<a xmlns="{NAMESPACE}"/>'.encode(), "m.dmn:1: this is no DMN model: its root is not the definitions of DMN 1.1 to 1.5"),
    ],
    ids=[
        "bomb", "outside", "empty", "unclosed", "encoding", "entity", "bytes", "elements", "depth", "attributes", "namespace", "root",
    ],
)
def test_what_is_no_plain_model_is_refused_with_its_place(source: bytes, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(source, where="m.dmn")
    assert caught.value.text.en == message


def test_what_tools_add_in_their_own_namespace_is_left_out() -> None:
    foreign = '<decision xmlns="urn:tool" name="not this"/>'
    found = read(foreign, decision("d", f"<extensionElements>{foreign}</extensionElements>{feel('1')}"))
    assert found.decisions == ("d",)


def test_white_space_in_a_name_is_one_blank() -> None:
    found = read(decision("of\n  age", feel("1")))
    assert found.decisions == ("of age",)
    assert found.evaluate(" of  age", {}) == 1


def test_the_namespace_of_a_model_is_known_without_the_model() -> None:
    assert namespace_of(model(namespace="urn:other")) == "urn:other"


def test_a_model_in_another_encoding_is_read() -> None:
    text = model(decision("年龄", feel("1"))).decode()
    assert parse(('<?xml version="1.0" encoding="utf-16"?>' + text).encode("utf-16")).evaluate("年龄", {}) == 1
