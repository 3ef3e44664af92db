"""An agency by HTTPS: asked on a kept line where its certificate is vouched for, and otherwise not at all."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from miaopi.apps.exchange.adapters.answers import Failure, Silence
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Place, Question, Rows
from tests.unit.exchange.counterparts import SECRET, BehindHttp
from tests.waiting import LONG

KEY = "11010519491231002X"
PLACE = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND)
ASKED = Question(PLACE, ("name",), "test", "receipt", KEY, datetime(2026, 11, 25, tzinfo=UTC))


def certificate(folder: Path) -> Path:
    """One that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "demo")]), datetime.now(UTC)  # noqa: TID251 - TLS reads the real clock
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    path = folder / "agency.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def vouched(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def url(vouched: Path) -> Iterator[str]:
    agency = BehindHttp()
    agency.hold([{"id_number": KEY, "name": "演示"}])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(vouched)
    agency._server.encrypt(context)
    yield f"https://127.0.0.1:{agency._server.port}"
    agency.close()


def test_a_line_of_tls_is_kept_like_any_other(url: str, vouched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched))
    connector = HttpConnector("demo", {"url": url, "token": SECRET})
    for _ in range(3):
        assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "演示"},))
    connector.close()


def test_an_agency_for_which_nobody_vouches_is_not_asked(url: str) -> None:
    connector = HttpConnector("demo", {"url": url, "token": SECRET})
    with pytest.raises(Silence) as caught:
        connector.ask(ASKED, seconds=LONG)
    assert caught.value.failure is Failure.GARBAGE
    connector.close()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "http://user@host", "http://host/?q", "http://host\r\nX: y", "127.0.0.1:80"])
def test_what_is_no_address_of_a_service_makes_no_connector(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        HttpConnector("demo", {"url": url, "token": SECRET})


def test_a_token_that_would_add_a_header_makes_no_connector() -> None:
    with pytest.raises(ValueError, match="no address"):
        HttpConnector("demo", {"url": "http://127.0.0.1", "token": "a\r\nX: y"})
