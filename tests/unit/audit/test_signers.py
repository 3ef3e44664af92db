"""Who signs: one contract for the fake and for keys in files, and who may not."""

from __future__ import annotations

import stat
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from miaopi.apps.audit.adapters.fake import FakeSigner
from miaopi.apps.audit.adapters.local import LocalSigner
from miaopi.apps.audit.adapters.port import Signer
from miaopi.kernel.credential import verify
from miaopi.kernel.errors import RightsError, UpstreamError

Make = Callable[[Path, bool], Signer]


def make_fake(folder: Path, may_sign: bool) -> Signer:
    return FakeSigner(may_sign)


def make_local(folder: Path, may_sign: bool) -> Signer:
    return LocalSigner(keys=str(folder / "keys") if may_sign else None, public=str(folder / "public"))


@pytest.fixture(params=[make_fake, make_local], ids=["fake", "local"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


def test_what_is_signed_verifies_under_the_key_of_its_purpose(make: Make, tmp_path: Path) -> None:
    signer = make(tmp_path, True)
    signature = signer.sign("checkpoint", b"text")
    assert len(signature) == 64
    assert verify(signer.public_key("checkpoint"), b"text", signature)
    assert not verify(signer.public_key("checkpoint"), b"other", signature)
    assert not verify(signer.public_key("receipt"), b"text", signature)


def test_a_key_stays_the_same(make: Make, tmp_path: Path) -> None:
    first, again = make(tmp_path, True), make(tmp_path, True)
    assert first.public_key("licence") == again.public_key("licence")
    assert len(first.public_key("licence")) == 32
    assert first.sign("licence", b"text") == again.sign("licence", b"text")


def test_a_process_without_keys_signs_nothing_but_knows_the_public_ones(make: Make, tmp_path: Path) -> None:
    signing, other = make(tmp_path, True), make(tmp_path, False)
    signature = signing.sign("checkpoint", b"text")
    with pytest.raises(RightsError, match="holds no signing key"):
        other.sign("checkpoint", b"text")
    assert verify(other.public_key("checkpoint"), b"text", signature)


def test_a_public_key_that_nobody_published_is_an_upstream_error(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="not published its key yet"):
        make_local(tmp_path, False).public_key("checkpoint")


def test_seeds_are_for_their_owner_alone(tmp_path: Path) -> None:
    make_local(tmp_path, True).sign("checkpoint", b"")
    seed, folder = tmp_path / "keys/checkpoint.seed", tmp_path / "keys"
    assert [path.name for path in folder.iterdir()] == ["checkpoint.seed"]
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(seed.read_bytes()) == 32
    assert (tmp_path / "public/checkpoint.pub").read_text(encoding="ascii") == make_local(tmp_path, False).public_key("checkpoint").hex()


def test_whoever_comes_first_makes_the_key(tmp_path: Path) -> None:
    with ThreadPool(16) as pool:
        keys = pool.map(lambda _: make_local(tmp_path, True).public_key("checkpoint"), range(64))
    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["checkpoint.seed"]


def test_a_lost_public_half_is_published_again(tmp_path: Path) -> None:
    signer = make_local(tmp_path, True)
    key = signer.public_key("checkpoint")
    (tmp_path / "public/checkpoint.pub").unlink()
    signer.sign("checkpoint", b"")
    assert make_local(tmp_path, False).public_key("checkpoint") == key


def test_a_lost_seed_is_not_made_anew_while_its_public_half_stands(tmp_path: Path) -> None:
    make_local(tmp_path, True).sign("checkpoint", b"")
    seed = tmp_path / "keys/checkpoint.seed"
    seed.unlink()
    for asked in (lambda signer: signer.sign("checkpoint", b""), lambda signer: signer.public_key("checkpoint")):
        with pytest.raises(UpstreamError, match="seed is missing"):
            asked(make_local(tmp_path, True))
    assert not seed.exists()
    assert make_local(tmp_path, True).sign("licence", b"")


def test_halves_of_two_keys_sign_nothing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "other"):
        make_local(folder, True).sign("checkpoint", b"")
    (tmp_path / "keys/checkpoint.seed").write_bytes((tmp_path / "other/keys/checkpoint.seed").read_bytes())
    published = (tmp_path / "public/checkpoint.pub").read_bytes()
    with pytest.raises(UpstreamError, match="not a pair"):
        make_local(tmp_path, True).sign("checkpoint", b"")
    assert (tmp_path / "public/checkpoint.pub").read_bytes() == published


def test_credentials_are_signed_with_es256_and_each_generation_has_a_key_of_its_own(make: Make, tmp_path: Path) -> None:
    signer = make(tmp_path, True)
    first, second = (signer.public_key(f"licence_cose-{number}") for number in (1, 2))
    assert (len(first), len(second), first == second) == (64, 64, False)
    signature = signer.sign("licence_cose-1", b"text")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(first[:32], "big"), int.from_bytes(first[32:], "big"), SECP256R1())
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    numbers.public_key().verify(der, b"text", ECDSA(SHA256()))
    assert signature == signer.sign("licence_cose-1", b"text")
