"""Broker and gateway over TLS: heard by who trusts their authority, silence to everybody else."""

from __future__ import annotations

import dataclasses
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from miaopi.apps.exchange.adapters.port import Emptiness, Place, Rows
from miaopi.apps.exchange.adapters.relays.gateway import GatewayConnector
from miaopi.apps.exchange.adapters.relays.nats import NatsConnector
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import SECRET
from tests.unit.exchange.counterparts_streams import (
    USER,
    BehindGateway,
    Broker,
    Responder,
    records_of,
    written,
)
from tests.unit.exchange.test_connectors import ROW, question
from tests.waiting import LONG

LONG_AGO, LONG_TO_COME = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=36500)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(LONG_AGO).not_valid_after(LONG_AGO + LONG_TO_COME).add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    files = tmp_path / "relay.pem", tmp_path / "relay.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return files


def test_a_broker_is_heard_over_tls_by_who_trusts_its_authority(certificate: tuple[Path, Path]) -> None:
    authority, key = map(str, certificate)
    broker = Broker("--tls", "--tlscert", authority, "--tlskey", key)
    url = broker.url.replace("nats:", "tls:")
    trusting = ssl.create_default_context(cafile=authority)
    responder = Responder(url, "agency.query", lambda asked: written(records_of([ROW], asked), asked), tls=trusting)
    place = Place("person", "demo", "person", "agency.query", "id_number", Emptiness.EMPTY)
    address = {"url": url, "user": USER, "password": SECRET}
    knowing, unknowing = NatsConnector("demo", {**address, "authority": authority}), NatsConnector("demo", address)
    assert isinstance(knowing.ask(question(place), seconds=LONG), Rows)
    with pytest.raises(UpstreamError):
        unknowing.ask(question(place), seconds=0.5)
    for each in (knowing, unknowing, responder):
        each.close()
    broker.kill()


def test_a_gateway_is_heard_over_tls_by_who_trusts_its_authority(
    agency_server: str, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    agency = BehindGateway(agency_server, tmp_path)
    agency.hold([ROW])
    agency.stop()
    agency.policy = dataclasses.replace(agency.policy, certificate=certificate[0], certificate_key=certificate[1])
    agency.start()
    address = {**agency.address, "url": f"https://127.0.0.1:{agency.policy.port}"}
    knowing, unknowing = GatewayConnector("demo", {**address, "authority": str(certificate[0])}), GatewayConnector("demo", address)
    assert isinstance(knowing.ask(question(agency.place), seconds=LONG), Rows)
    with pytest.raises(UpstreamError):
        unknowing.ask(question(agency.place), seconds=1)
    for each in (knowing, unknowing, agency):
        each.close()
