"""Which authority is asked: chosen by settings from a table, its address read from the file of the city."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import override_settings

from miaopi.apps.identity.adapters import ADAPTERS, chosen_authority
from miaopi.apps.identity.adapters.fake import FakeAuthority
from miaopi.apps.identity.adapters.http import HttpAuthority
from miaopi.kernel.errors import UpstreamError


def test_the_fake_is_chosen_by_name_and_is_one_a_process() -> None:
    with override_settings(MIAOPI_AUTHORITY="fake"):
        assert isinstance(chosen_authority(), FakeAuthority)
        assert chosen_authority() is chosen_authority()


def test_the_wire_keeps_one_client_and_follows_an_authority_that_moved(tmp_path: Path) -> None:
    addresses = tmp_path / "agencies.json"
    with override_settings(MIAOPI_AUTHORITY="http", MIAOPI_AGENCIES=str(addresses)):
        addresses.write_text(json.dumps({"authority": {"kind": "http", "url": "http://127.0.0.1:9", "token": "t"}}), encoding="utf-8")
        first = chosen_authority()
        assert isinstance(first, HttpAuthority)
        assert chosen_authority() is first
        addresses.write_text(json.dumps({"authority": {"kind": "http", "url": "http://127.0.0.1:10", "token": "t"}}), encoding="utf-8")
        assert chosen_authority() is not first


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"authority": {}}', '{"authority": null}'])
def test_an_authority_without_an_address_is_an_upstream_error(tmp_path: Path, content: str | None) -> None:
    addresses = tmp_path / "agencies.json"
    if content is not None:
        addresses.write_text(content, encoding="utf-8")
    with override_settings(MIAOPI_AUTHORITY="http", MIAOPI_AGENCIES=str(addresses)), pytest.raises(UpstreamError):
        chosen_authority()


def test_the_table_holds_the_wire_and_its_fake() -> None:
    assert set(ADAPTERS) == {"http", "fake"}
