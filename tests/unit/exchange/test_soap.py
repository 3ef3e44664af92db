"""SOAP: what an envelope may hold, what a fault means, and that no answer in XML grows, reaches out or passes for a record."""

from __future__ import annotations

import base64
import dataclasses
import tracemalloc
from collections.abc import Iterator

import pytest

from miaopi.apps.exchange.adapters.dialects.soap import SoapConnector
from miaopi.apps.exchange.adapters.port import (
    Emptiness,
    Hindered,
    Hindrance,
    Nothing,
    Place,
    Rows,
    Term,
    Unsaid,
)
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import CANARY, SECRET
from tests.unit.exchange.counterparts_soap import ENVELOPES, NAMESPACE, BehindSoap, fault, wrapped
from tests.unit.exchange.test_connectors import LI, ROW, WANG, question
from tests.waiting import LONG, not_held_up

PEAK = 4 * 2**20
ONE_MEGABYTE = "x" * 2**20


@pytest.fixture
def agency() -> Iterator[BehindSoap]:
    made = BehindSoap()
    made.hold([ROW])
    yield made
    made.close()


def record(**fields: str) -> str:
    said = {"id_number": LI, "name": "李测试", **fields}
    return "<record>" + "".join(f"<{name}>{value}</{name}>" for name, value in said.items()) + "</record>"


def response(*content: str, version: str = "1.1") -> bytes:
    return wrapped(version, f'<QueryPersonResponse xmlns="{NAMESPACE}">{"".join(content)}</QueryPersonResponse>')


def is_silent(agency: BehindSoap, body: bytes, status: int = 200, place: Place | None = None) -> bool:
    agency.reply = (status, body)
    asked = question(place or agency.place, columns=("name",))
    try:
        return not isinstance(agency.connector.ask(asked, seconds=LONG), Rows)
    except UpstreamError:
        return True


GROWING = (
    f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"x" * 100}">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 60}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + f']><e:Envelope xmlns:e="{ENVELOPES["1.1"]}"><e:Body><x>&i;</x></e:Body></e:Envelope>'
)
REACHING = response(record(name="&file;")).decode()
NONSENSE: dict[str, bytes] = {
    "entities that grow": GROWING.encode(),
    "entities that grow, in another code": GROWING.encode("utf-16"),
    "an entity that is a file": f'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>{REACHING}'.encode(),
    "an entity that is an address": f'<!DOCTYPE x [<!ENTITY file SYSTEM "http://127.0.0.1:9/x">]>{REACHING}'.encode(),
    "a document type elsewhere": f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{response(record()).decode()}'.encode(),
    "a parameter that is a document type": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>' + response(record()),
    "an entity that nobody declared": REACHING.encode(),
    "a code that nobody knows": b'<?xml version="1.0" encoding="nobody"?>' + response(record()),
    "a code that is no code of texts": b'<?xml version="1.0" encoding="zip"?>' + response(record()),
    "a megabyte of text": response(record(name=ONE_MEGABYTE)),
    "a megabyte of elements": response("<a/>" * 2**18),
    "a megabyte of depth": b"<a>" * 2**18,
    "a megabyte of attributes": response("<a " + " ".join(f"a{number}=''" for number in range(90_000)) + "/>"),
    "deeper than an answer": response("<a>" * 20, record(), "</a>" * 20),
    "more elements than an answer": response(record(), "<a/>" * 4001),
    "an element twice in one record": response(record().replace("</record>", "<name>王测试</name></record>")),
    "an element within a field": response(record(name="<b>李测试</b>")),
    "a record within a record": response(f"<record><record>{record()}</record></record>"),
    "another person's record": response(record(id_number=WANG)),
    "her record beside another person's": response(record(), record(id_number=WANG)),
    "more records than a person has": response(record() * 101),
    "the answer to something else": response(record()).replace(b"QueryPersonResponse", b"ListPeopleResponse"),
    "an answer of another namespace": response(record()).replace(NAMESPACE.encode(), b"urn:somebody"),
    "an envelope of another version": response(record(), version="1.2"),
    "two bodies": response(record()).replace(b"</e:Body>", b"</e:Body><e:Body/>"),
    "two answers in a body": response(record()).replace(b"<e:Body>", b"<e:Body><x/>"),
    "an envelope without a body": f'<e:Envelope xmlns:e="{ENVELOPES["1.1"]}"/>'.encode(),
    "half an answer": response(record())[:-20],
    "two documents": response(record()) * 2,
    "a page of HTML": b"<html><body>please log in</body></html>",
    "JSON": b'{"records": []}',
    "no bytes": b"",
    "bytes that are no text": b"\xff\xfe\x00\x01",
    "a fault": fault("1.1", "Server.Broken"),
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_over_soap_is_silence_and_takes_no_memory(agency: BehindSoap, body: bytes) -> None:
    agency.reply = (200, body)
    asked = question(agency.place, columns=("name",))
    agency.connector.close()
    connector = SoapConnector("demo", agency.address)
    tracemalloc.start()
    with pytest.raises(UpstreamError):
        connector.ask(asked, seconds=LONG)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    connector.close()
    assert peak < PEAK + 2 * len(body)  # the server of this test is in the same process, and holds what it sends


LACKING = {
    "a record without its key": response("<record><name>李测试</name></record>"),
    "a record without an asked field": response(f"<record><id_number>{LI}</id_number></record>"),
    "records under another name": response(record().replace("record", "row")),
}


@pytest.mark.parametrize("body", LACKING.values(), ids=LACKING)
def test_an_answer_that_lacks_what_was_asked_for_is_a_changed_schema(agency: BehindSoap, body: bytes) -> None:
    agency.reply = (200, body)
    assert agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED)


def test_what_the_nonsense_is_made_from_is_answered(agency: BehindSoap) -> None:
    assert not is_silent(agency, response(record()))
    assert not is_silent(agency, response("<list>", record(more="1"), "</list>"))
    assert not is_silent(agency, b'<?xml version="1.0" encoding="UTF-8"?>' + response(record()))


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 403, 404, 500, 503])
def test_only_an_answer_that_is_one_is_an_answer(agency: BehindSoap, status: int) -> None:
    assert is_silent(agency, response(record()), status=status)


def test_an_answer_without_records_follows_the_rule_of_the_source() -> None:
    for absent, meant in ((Emptiness.EMPTY, Nothing()), (Emptiness.NEVER, Unsaid())):
        agency = BehindSoap(absent)
        for body in (response(), response("<list/>"), response("<list>\n</list>")):
            agency.reply = (200, body)
            assert agency.connector.ask(question(agency.place), seconds=LONG) == meant
        agency.close()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_is_absent_by_the_code_that_is_named_and_silence_by_any_other(version: str, status: int) -> None:
    agency = BehindSoap(Emptiness.NOT_FOUND, fault="NoSuchPerson", version=version)
    agency.reply = (status, fault(version, "NoSuchPerson"))
    assert agency.connector.ask(question(agency.place), seconds=LONG) == Nothing()
    where = (Term("name", "=", ("李测试",), "string"),)
    assert agency.connector.ask(dataclasses.replace(question(agency.place), where=where), seconds=LONG) == Unsaid()
    for code in ("Server", "NoSuchPersonAtAll", "Client.NoSuchPerson"):
        agency.reply = (status, fault(version, code))
        with pytest.raises(UpstreamError):
            agency.connector.ask(question(agency.place), seconds=LONG)
    agency.close()


def test_both_versions_are_spoken() -> None:
    kinds = {"1.1": "text/xml; charset=utf-8", "1.2": f'application/soap+xml; charset=utf-8; action="{NAMESPACE}/QueryPerson"'}
    for version, kind in kinds.items():
        agency = BehindSoap(version=version)
        agency.hold([ROW])
        assert agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG) == Rows(({"name": "李测试"},))
        (head,) = agency.heads
        assert head["Content-Type"] == kind
        assert head.get("SOAPAction") == (f'"{NAMESPACE}/QueryPerson"' if version == "1.1" else None)
        agency.close()


def test_the_number_stands_in_the_body_and_who_asks_in_the_head(agency: BehindSoap) -> None:
    agency.connector.ask(question(agency.place), seconds=LONG)
    (head,) = agency.heads
    assert head["path"] == "/PersonService"
    assert LI not in str(head)
    assert base64.b64decode(head["Authorization"].removeprefix("Basic ")).decode() == f"miaopi:{SECRET}"
    assert LI in agency.asked()


def test_a_token_is_a_way_to_say_who_asks(agency: BehindSoap) -> None:
    connector = SoapConnector("demo", {"url": agency.address["url"], "token": SECRET})
    connector.ask(question(agency.place), seconds=LONG)
    assert agency.heads[0]["Authorization"] == f"Bearer {SECRET}"
    connector.close()


def test_fields_nobody_asked_for_stay_in_the_adapter(agency: BehindSoap) -> None:
    agency.reply = (200, response(record(remark=CANARY)))
    assert agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG) == Rows(({"name": "李测试"},))


def test_an_agency_that_does_not_say_which_rows_it_showed_is_not_believed(agency: BehindSoap) -> None:
    asked = dataclasses.replace(question(agency.place, columns=("name",)), where=(Term("name", "=", ("李测试",), "string"),))
    term = '<where><term field="name" operator="="><value>{}</value></term></where>'
    agency.reply = (200, response(term.format("李测试"), record()))
    assert isinstance(agency.connector.ask(asked, seconds=LONG), Rows)
    for said in ("", "<where/>", term.format("王测试"), term.format("李测试") * 2):
        agency.reply = (200, response(said, record()))
        with pytest.raises(UpstreamError):
            agency.connector.ask(asked, seconds=LONG)


def test_an_empty_or_nil_field_is_empty(agency: BehindSoap) -> None:
    nil = '<name xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    for said in ("<name/>", "<name></name>", nil):
        agency.reply = (200, response(f"<record><id_number>{LI}</id_number>{said}</record>"))
        assert agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG) == Rows(({"name": None},))


def test_a_value_cannot_become_an_element(agency: BehindSoap) -> None:
    for attack in ("</q:id_number><q:fields><q:field>remark</q:field></q:fields>", "<![CDATA[", "&amp;", "<!--", "]]>", "\"'>"):
        asked = dataclasses.replace(question(agency.place, key=attack, columns=("name",)), purpose=attack, receipt=attack)
        assert agency.connector.ask(asked, seconds=LONG) == Nothing()
    assert CANARY not in agency.answered()


def test_the_silence_of_a_slow_source_comes_in_time(agency: BehindSoap) -> None:
    agency.set_mode("slow")
    with not_held_up(), pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=0.3)
