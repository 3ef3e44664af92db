"""The port of the keys: one behaviour, whoever holds them."""

from __future__ import annotations

import stat
from pathlib import Path
from threading import Thread

import pytest

from miaopi.apps.audit.adapters.fake import FakeSigner
from miaopi.apps.audit.adapters.local import LocalSigner
from miaopi.apps.audit.adapters.port import Signer
from miaopi.kernel.credential import verify
from miaopi.kernel.errors import RightsError, UpstreamError


def fake(folder: Path, *, may_sign: bool = True) -> Signer:
    return FakeSigner(may_sign)


def local(folder: Path, *, may_sign: bool = True) -> Signer:
    return LocalSigner(keys=str(folder / "keys") if may_sign else None, public=str(folder / "public"))


@pytest.mark.parametrize("make", [fake, local])
def test_a_signature_holds_under_the_public_key_of_its_purpose_alone(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # either maker
    signer: Signer = make(tmp_path)
    signature = signer.sign("licence", b"message")
    assert len(signature) == 64
    assert len(signer.public_key("licence")) == 32
    assert verify(signer.public_key("licence"), b"message", signature)
    assert not verify(signer.public_key("licence"), b"massage", signature)
    assert not verify(signer.public_key("receipt"), b"message", signature)
    assert make(tmp_path).sign("licence", b"message") == signature, "the key is the same for the next process"


@pytest.mark.parametrize("make", [fake, local])
def test_who_holds_no_key_may_not_sign_but_knows_the_public_one(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # either maker
    holder, other = make(tmp_path), make(tmp_path, may_sign=False)
    signature = holder.sign("checkpoint", b"message")
    with pytest.raises(RightsError, match="no signing key"):
        other.sign("checkpoint", b"message")
    assert verify(other.public_key("checkpoint"), b"message", signature)


def test_a_key_that_is_not_published_yet_is_somebody_elses_to_mend(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError) as caught:
        local(tmp_path, may_sign=False).public_key("checkpoint")
    assert caught.value.source == "signer"


def test_a_public_key_is_published_with_the_first_question_for_it(tmp_path: Path) -> None:
    known = local(tmp_path).public_key("receipt")
    assert local(tmp_path, may_sign=False).public_key("receipt") == known


def test_only_the_account_of_the_worker_can_read_a_seed(tmp_path: Path) -> None:
    local(tmp_path).sign("checkpoint", b"message")
    folder, seed = tmp_path / "keys", tmp_path / "keys" / "checkpoint.seed"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert len(seed.read_bytes()) == 32
    assert [path.name for path in folder.iterdir()] == ["checkpoint.seed"], "no draft is left"


def test_a_seed_is_made_once_even_by_many_at_once(tmp_path: Path) -> None:
    signatures = set()
    threads = [Thread(target=lambda: signatures.add(local(tmp_path).sign("checkpoint", b"message"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signatures) == 1


def test_two_houses_have_keys_of_their_own(tmp_path: Path) -> None:
    assert local(tmp_path / "a").public_key("checkpoint") != local(tmp_path / "b").public_key("checkpoint")


def test_a_public_key_once_published_is_not_replaced(tmp_path: Path) -> None:
    local(tmp_path).public_key("receipt")
    published = tmp_path / "public" / "receipt.pub"
    published.write_text("00" * 32, encoding="ascii")
    local(tmp_path).sign("receipt", b"message")
    assert published.read_text(encoding="ascii") == "00" * 32
