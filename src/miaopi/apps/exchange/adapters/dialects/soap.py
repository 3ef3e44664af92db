"""Asks an agency's SOAP service: one operation, the person's number in the body and never in an address."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Final

import httpx

from miaopi.apps.exchange.adapters.answers import (
    Failure,
    by_absent_rule,
    checked_rows,
    silence,
    tell_change,
)
from miaopi.apps.exchange.adapters.dialects.envelope import (
    NAMESPACES,
    Element,
    Reader,
    body_of,
    has_text,
    read_record,
    read_terms,
    repeats,
    write,
)
from miaopi.apps.exchange.adapters.messages import make_name
from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Question
from miaopi.apps.exchange.adapters.wire.http_failures import find_failure

for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)  # they write addresses

ANSWERED: Final = (httpx.codes.OK, httpx.codes.INTERNAL_SERVER_ERROR)  # a fault comes with 500


class SoapConnector:
    """One kept client for one agency, or a connection a question (`Place.echoes`). `address`: `url` (without the path), `token` (bearer),
    or `user` and `password` (basic)."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._address = address
        self._kept, self._single = _make_client(address, 8), _make_client(address, 0)

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        options = question.place.options
        version, name = options.get("version", "1.1"), make_name() if question.place.echoes else ""
        try:
            said = body_of(self._post(question, version, name, until), version=version)
            if name and not repeats(said, name):
                self._kept = _make_client(self._address, 8)  # nobody else is asked on that connection
                raise ValueError("the answer to something else")
            if (said.namespace, said.name) == (NAMESPACES[version], "Fault"):
                return self._fault(question, said)
            records = self._records(question, said)
            if not records and has_text(said):
                return tell_change(question)  # records under another name are no absence
            return checked_rows(question, records)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, IndexError) as error:
            # Its text holds the address, or quotes the document.
            raise silence(self._agency, find_failure(error, may_repeat=True)) from None

    def close(self) -> None:
        self._kept.close()
        self._single.close()

    def _post(self, question: Question, version: str, name: str, until: float) -> Element:
        operation, namespace = (question.place.options[name] for name in ("operation", "namespace"))
        action = f"{namespace.rstrip('/#')}/{operation}"
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        if version == "1.2":
            headers = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        content = write(question, version=version, operation=operation, namespace=namespace, name=name)
        client = self._kept if name else self._single
        limit = max(0.001, until - time.monotonic())
        with client.stream("POST", question.place.at, content=content, headers=headers, timeout=limit) as response:
            if response.status_code not in ANSWERED:
                raise silence(self._agency)
            reader = Reader()
            for piece in response.iter_raw():  # as it comes. Raw: what unpacks itself could fill the memory
                reader.feed(piece)
                if time.monotonic() > until:
                    raise silence(self._agency, Failure.TIMEOUT)
            if response.status_code != httpx.codes.OK:
                return _only_a_fault(reader.close())
            return reader.close()

    def _fault(self, question: Question, fault: Element) -> Answer:
        """A fault says “there is none” if it has the code that the configuration names, and nothing otherwise."""
        said = [code for child in fault.children for code in ([child] if child.name == "faultcode" else child.all("Value"))
                if child.name in {"faultcode", "Code"}]
        if question.place.options.get("fault") in {code.text.strip().rpartition(":")[2] for code in said}:
            return by_absent_rule(question, Emptiness.NOT_FOUND)
        raise silence(self._agency)

    def _records(self, question: Question, said: Element) -> list[dict[str, str | None]]:
        """Who was asked for granted rows alone repeats their tests: from an agency that does not know them comes no answer."""
        options = question.place.options
        if (said.namespace, said.name) != (options["namespace"], f"{options['operation']}Response"):
            raise ValueError("the answer to something else")
        if question.where and read_terms(said) != [(term.column, term.operator, list(term.written())) for term in question.where]:
            raise ValueError("rows of another filter")
        return [read_record(record) for record in said.all(options.get("record", "record"))]


def _make_client(address: Mapping[str, str], kept: int) -> httpx.Client:
    """`kept`: how many connections stay open between questions."""
    return httpx.Client(
        base_url=address["url"],
        auth=None if "token" in address else httpx.BasicAuth(address["user"], address["password"]),
        headers={
            "Accept-Encoding": "identity",
            **({"Authorization": f"Bearer {address['token']}"} if "token" in address else {}),
        },
        limits=httpx.Limits(max_connections=8, max_keepalive_connections=kept, keepalive_expiry=30),
        follow_redirects=False,  # whoever redirects us would be told the person's number
        trust_env=False,  # no proxy of the environment between us and an agency
    )


def _only_a_fault(envelope: Element) -> Element:
    if not any(child.name == "Fault" for body in envelope.children for child in body.children):
        raise ValueError("a failure with an answer in it")
    return envelope
