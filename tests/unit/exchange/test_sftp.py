"""Drops over SFTP: one server and no other, no way out of the folder, one fetching a drop, and no belief in a manifest that lies."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import paramiko
import pytest

from miaopi.apps.exchange.adapters.drops.connector import FileConnector
from miaopi.apps.exchange.adapters.drops.manifest import LARGEST_DROP
from miaopi.apps.exchange.adapters.port import Nothing, Rows
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import SECRET, as_csv
from tests.unit.exchange.counterparts_sftp import BehindSftp, SftpServer, known
from tests.unit.exchange.test_connectors import OTHER, ROW, question
from tests.waiting import LONG, not_held_up


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[BehindSftp]:
    made = BehindSftp(tmp_path / "drop")
    made.hold([ROW, OTHER])
    yield made
    made.close()


def is_silent(agency: BehindSftp, **other: str) -> bool:
    connector = FileConnector("demo", {**agency.address, **other})
    try:
        connector.ask(question(agency.place, columns=("name",)), seconds=LONG)
    except UpstreamError:
        return True
    finally:
        connector.close()
    return False


def test_a_server_with_another_key_is_not_told_who_comes(agency: BehindSftp) -> None:
    asked: list[str] = []

    class Curious(paramiko.ServerInterface):
        def check_auth_password(self, username: str, password: str) -> int:
            asked.append(password)
            return paramiko.AUTH_SUCCESSFUL

    other = SftpServer(agency.file.parent, doorman=Curious)
    assert not is_silent(agency)
    assert is_silent(agency, port=str(other.port))
    assert is_silent(agency, host_key=known(paramiko.ECDSAKey.generate()))
    assert asked == []
    other.stop()


def test_a_wrong_password_is_silence(agency: BehindSftp) -> None:
    assert is_silent(agency, password="not-the-password")


@pytest.mark.parametrize("host_key", ["", "ssh-ed25519", "ssh-ed25519 not/base64!", "AAAA"])
def test_an_address_without_the_key_of_its_server_is_none(agency: BehindSftp, host_key: str) -> None:
    with pytest.raises(ValueError, match="key of a host"):
        FileConnector("demo", {**agency.address, "host_key": host_key})


def test_a_key_opens_what_a_password_does(agency: BehindSftp) -> None:
    own = paramiko.ECDSAKey.generate()
    asked: list[bytes] = []

    class ForKeys(paramiko.ServerInterface):
        def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
            asked.append(key.asbytes())
            return paramiko.AUTH_SUCCESSFUL if key.asbytes() == own.asbytes() else paramiko.AUTH_FAILED

        def check_channel_request(self, kind: str, chanid: int) -> int:
            return paramiko.OPEN_SUCCEEDED

        def get_allowed_auths(self, username: str) -> str:
            return "publickey"

    server = SftpServer(agency.file.parent, doorman=ForKeys)
    path = agency.file.with_name("own")
    own.write_private_key_file(str(path))
    address = {name: value for name, value in agency.address.items() if name != "password"}
    connector = FileConnector("demo", {**address, "port": server.port, "host_key": known(server.key), "key": path.read_text()})
    assert isinstance(connector.ask(question(agency.place), seconds=LONG), Rows)
    assert asked
    connector.close()
    server.stop()


def linked_file(agency: BehindSftp) -> None:
    outside = agency.file.parent.with_name("outside.csv")
    agency.file.rename(outside)
    agency.file.symlink_to(outside)


def linked_folder(agency: BehindSftp) -> None:
    outside = agency.file.parent.with_name("outside")
    outside.mkdir()
    shutil.copy(agency.file, outside / "person.csv")
    (agency.file.parent / "day").symlink_to(outside)
    agency.write(path="day/person.csv")


def linked_manifest(agency: BehindSftp) -> None:
    outside = agency.file.parent.with_name("manifest.json")
    agency.manifest.rename(outside)
    agency.manifest.symlink_to(outside)


WAYS_OUT: dict[str, Callable[[BehindSftp], object]] = {
    "a step up": lambda agency: agency.write(path="../person.csv"),
    "a step up in between": lambda agency: agency.write(path="day/../../person.csv"),
    "from the root": lambda agency: agency.write(path=str(agency.file.resolve())),
    "a way with empty steps": lambda agency: agency.write(path="day//person.csv"),
    "a way with a null in it": lambda agency: agency.write(path="person.csv\x00"),
    "a way of another system": lambda agency: agency.write(path="..\\person.csv"),
    "a way that is no text": lambda agency: agency.write(path=["person.csv"]),
    "a link to a file": linked_file,
    "a link to a folder": linked_folder,
    "a link to a manifest": linked_manifest,
    "a folder": lambda agency: agency.write(path="day") if (agency.file.parent / "day").mkdir() is None else None,
}


@pytest.mark.parametrize("way", WAYS_OUT.values(), ids=WAYS_OUT)
def test_there_is_no_way_out_of_the_folder(agency: BehindSftp, way: Callable[[BehindSftp], object]) -> None:
    shutil.copy(agency.file, agency.file.parent.with_name("person.csv"))
    way(agency)
    assert is_silent(agency)
    assert agency.server.opened in ([], ["/out/manifest.json"])


def test_the_same_ways_out_are_closed_in_a_folder_of_this_machine(agency: BehindSftp) -> None:
    shutil.copy(agency.file, agency.file.parent.with_name("person.csv"))
    connector = FileConnector("demo", {"folder": str(agency.file.parent)})
    assert isinstance(connector.ask(question(agency.place), seconds=LONG), Rows)
    for way in WAYS_OUT.values():
        way(agency)
        with pytest.raises(UpstreamError):
            connector.ask(question(agency.place), seconds=LONG)
        shutil.rmtree(agency.file.parent)
        agency.file.parent.mkdir()
        agency.hold([ROW, OTHER])


LIES: dict[str, Callable[[BehindSftp], object]] = {
    "of another day": lambda agency: agency.write(day="2026-11-20"),
    "of a day to come": lambda agency: agency.write(day="2026-11-26"),
    "with more rows": lambda agency: agency.write(rows=3),
    "with fewer rows": lambda agency: agency.write(rows=1),
    "with another digest": lambda agency: agency.write(sha256="0" * 64),
    "of a file that is not there": lambda agency: agency.write(path="other.csv"),
    "without this file": lambda agency: agency.write(files={}),
    "too large to be one": lambda agency: agency.manifest.write_text(" " * 70_000 + agency.manifest.read_text()),
    "of a file that is larger than a drop may be": lambda agency: os.truncate(agency.file, LARGEST_DROP + 1),
    "that is no manifest": lambda agency: agency.manifest.write_bytes(b"\xff\xfe"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("was_read", [True, False])
def test_a_manifest_that_lies_tells_nothing_of_anybody(agency: BehindSftp, lie: Callable[[BehindSftp], object], was_read: bool) -> None:
    agency.hold([OTHER, OTHER])
    if was_read:
        assert agency.connector.ask(question(agency.place), seconds=LONG) == Nothing()
    lie(agency)
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=LONG)


def test_a_drop_is_fetched_once_and_again_when_it_is_another(agency: BehindSftp) -> None:
    for _ in range(4):
        assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)
    assert agency.server.opened.count("/out/person.csv") == 1
    agency.hold([OTHER])
    for _ in range(2):
        assert agency.connector.ask(question(agency.place), seconds=LONG) == Nothing()
    assert agency.server.opened.count("/out/person.csv") == 2


def test_questions_side_by_side_share_one_fetching(agency: BehindSftp) -> None:
    answers: list[object] = []
    askers = [threading.Thread(target=lambda: answers.append(agency.connector.ask(question(agency.place), seconds=LONG))) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(LONG)
    assert len(answers) == 6 and all(isinstance(answer, Rows) for answer in answers)
    assert agency.server.opened.count("/out/person.csv") == 1


def test_a_file_that_is_torn_on_its_way_is_fetched_again(agency: BehindSftp) -> None:
    whole = agency.file.read_bytes()
    agency.hold([ROW, OTHER])
    agency.file.write_bytes(whole[:-10])
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=LONG)
    agency.file.write_bytes(whole + b"")
    os.utime(agency.file, (1, 1))
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)


def test_a_restarted_server_is_no_outage(agency: BehindSftp) -> None:
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)
    agency.stop()
    agency.start()
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)


def test_a_server_that_drips_is_let_go_in_time(agency: BehindSftp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                line.sendall(b"SSH-2.0-slow\r\n")
                while True:
                    line.sendall(b"\0")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        connector = FileConnector("demo", {**agency.address, "port": listening.getsockname()[1]})
        with not_held_up(), pytest.raises(UpstreamError):
            connector.ask(question(agency.place), seconds=0.5)
        connector.close()


def test_no_secret_of_the_line_stands_in_the_connector(agency: BehindSftp) -> None:
    agency.connector.ask(question(agency.place), seconds=LONG)
    assert SECRET not in repr(agency.connector)
    assert as_csv([ROW]) not in agency.answered().encode("utf-8", "replace"), "what lies on the wire is sealed"
