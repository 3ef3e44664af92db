"""An agency's SOAP service as a server of its own, with another parser and another hand than ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from xml.etree import ElementTree

from miaopi.apps.exchange.adapters.dialects.soap import SoapConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Place
from tests.unit.exchange.counterparts import SECRET, HttpServer, Served, _truth
from tests.unit.exchange.wire import Wire

NAMESPACE = "urn:agency:person"
ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class BehindSoap(Served):
    """Answers what is asked with as many records as it has; `reply` stands for its answer, whatever was asked."""

    def __init__(self, absent: Emptiness = Emptiness.EMPTY, *, echoes: bool = False, **options: str) -> None:
        self.rows: list[dict[str, Any]] = []
        self.reply: tuple[int, bytes] | None = None
        self.heads: list[dict[str, str]] = []
        self._server = HttpServer(_handler(self))
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self._server.port))
        options = {"operation": "QueryPerson", "namespace": NAMESPACE, **options}
        self.place = Place("person", "demo", "person", "/PersonService", "id_number", absent, options=options, echoes=echoes)
        self.address = {"kind": "soap", "url": "http://{}:{}".format(*self._wire.address), "user": "miaopi", "password": SECRET}
        self.connector = SoapConnector("demo", self.address)

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = list(rows)

    def answer(self, envelope: bytes) -> tuple[int, bytes]:
        version = self.place.options.get("version", "1.1")
        top = ElementTree.fromstring(envelope)  # noqa: S314 - our own question, read by the agency's hand
        (operation,) = top.find(f"{{{ENVELOPES[version]}}}Body") or ()
        assert operation.tag == f"{{{NAMESPACE}}}QueryPerson"
        key = operation.findtext(f"{{{NAMESPACE}}}id_number")
        fields = [field.text or "" for field in operation.iter(f"{{{NAMESPACE}}}field")]
        where = _terms(operation.find(f"{{{NAMESPACE}}}where"))
        tests = {test.get("name", ""): _terms(test) for test in operation.iter(f"{{{NAMESPACE}}}test")}
        found = [row for row in self.rows if row["id_number"] == key and _truth(row, where)]
        said = ElementTree.Element(f"{{{NAMESPACE}}}QueryPersonResponse")
        if (repeated := operation.find(f"{{{NAMESPACE}}}where")) is not None:
            said.append(repeated)
        if (name := operation.find(f"{{{NAMESPACE}}}question")) is not None:
            said.append(name)
        for row in found:
            record = ElementTree.SubElement(said, f"{{{NAMESPACE}}}record")
            truths = {name: _truth(row, terms) for name, terms in tests.items()}
            for name, value in {**{name: row[name] for name in fields if name in row}, **truths}.items():
                _say(ElementTree.SubElement(record, f"{{{NAMESPACE}}}{name}"), value)
        return 200, wrapped(version, ElementTree.tostring(said, encoding="unicode"))


def wrapped(version: str, content: str) -> bytes:
    return f'<e:Envelope xmlns:e="{ENVELOPES[version]}"><e:Body>{content}</e:Body></e:Envelope>'.encode()


def fault(version: str, code: str) -> bytes:
    said = f"<faultcode>e:{code}</faultcode><faultstring>no</faultstring>"
    if version == "1.2":
        said = f"<e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>q:{code}</e:Value></e:Subcode></e:Code>"
    return wrapped(version, f'<e:Fault xmlns:q="{NAMESPACE}">{said}</e:Fault>')


def _say(element: ElementTree.Element, value: object) -> None:
    match value:
        case None:
            element.set(NIL, "true")
        case bool():
            element.text = str(value).lower()
        case datetime():
            element.text = value.isoformat()
        case _:
            element.text = str(value)


def _terms(holder: ElementTree.Element | None) -> list[dict[str, Any]]:
    return [
        {"field": term.get("field"), "operator": term.get("operator"), "values": [value.text or "" for value in term]}
        for term in (() if holder is None else holder)
    ]


def _handler(counterpart: BehindSoap) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            envelope = self.rfile.read(int(self.headers["Content-Length"]))
            counterpart.heads.append({"path": self.path, **dict(self.headers.items())})
            status, body = counterpart.reply or counterpart.answer(envelope)
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler
