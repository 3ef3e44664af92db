"""The embedded server: up, reused, down, and back after whatever may kill it."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from miaopi.instance.postgres import APPLICATION, OWNER, EmbeddedServer
from miaopi.instance.programs import chosen_account
from miaopi.instance.spawning import spawn
from tests.unit.instance.processes import ROOT, is_running, number_in, start
from tests.waiting import LONG, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(tmp_path_factory.mktemp("home") / "platform", "platform", durable=False)
    made.start()
    made.make_roles()
    yield made
    made.stop()


def write(server: EmbeddedServer, role: str = OWNER) -> int:
    """Commit one more row; how many there are."""
    with psycopg.connect(server.url(role)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


def test_a_stopped_server_is_reused_with_its_rows(server: EmbeddedServer) -> None:
    before = write(server)
    server.stop()
    assert server.has_died()
    assert not (server.data / "postmaster.pid").exists()
    server.start()
    assert write(server) == before + 1


def test_a_killed_server_is_back_within_two_seconds_and_has_lost_nothing(server: EmbeddedServer) -> None:
    """Or, where a machine is so busy that an ordinary start takes as long, within thrice that."""
    server.stop()
    ordinary = until(lambda: not server.start(within=LONG))
    before, needed = write(server), []
    for _ in range(3):
        assert server.process is not None
        server.process.kill()
        until(server.has_died)
        needed.append(until(lambda: not server.start(within=LONG)))
    assert min(needed) <= max(2.0, 3 * ordinary)
    assert write(server) == before + 1


def test_a_plan_that_is_kept_from_when_a_table_was_small_is_fit_for_a_large_one(server: EmbeddedServer) -> None:
    """What a foreign key asks for each row that refers to another, in a session that goes on while the other table grows."""
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE entry (id bigint PRIMARY KEY, said text)")
        connection.execute("INSERT INTO entry SELECT number, repeat('x', 400) FROM generate_series(1, 60) AS number")
        connection.execute("VACUUM ANALYZE entry")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("PREPARE refer (bigint) AS SELECT 1 FROM ONLY entry AS x WHERE id = $1 FOR KEY SHARE OF x")
        plan = connection.execute("EXPLAIN EXECUTE refer(1)").fetchall()
    assert "Index Scan" in str(plan)


def test_a_frozen_server_counts_as_dead_though_its_process_lives(server: EmbeddedServer) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        assert not server.commits()
        assert not server.has_died()
    finally:
        server.process.send_signal(signal.SIGCONT)
    until(server.commits)


def test_nobody_listens_on_the_network_and_only_we_may_enter(server: EmbeddedServer) -> None:
    with psycopg.connect(server.superuser_url()) as connection:
        found = connection.execute("SHOW listen_addresses").fetchone()
    assert found == ("",)
    for folder in (server.data, server.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == os.geteuid()


def test_a_private_clone_stays_as_it_is(tmp_path: Path) -> None:
    clone = tmp_path / "私有 clone"
    clone.mkdir(mode=0o700)
    made = EmbeddedServer(clone / "home" / "platform", "platform", durable=False)
    made.start()
    made.stop()
    assert stat.S_IMODE(clone.stat().st_mode) == 0o700
    assert {path.stat().st_uid for path in (clone / "home").rglob("*")} == {os.geteuid()}


def test_an_ordinary_user_needs_no_namespace(tmp_path: Path) -> None:

    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.unit.instance.processes", "start_and_stop", str(tmp_path)]
    with open(tmp_path / "out", "wb") as log:
        account = chosen_account().name if os.geteuid() == 0 else "-"
        assert spawn(command, log=log, environment=environment, account=account, folder=ROOT).wait() == 0, (
            (tmp_path / "out").read_text()
        )
    user, owner = (tmp_path / "brief.owner").read_text().split()
    assert user == owner != "0"


def test_where_namespaces_are_forbidden_root_moves_to_a_place_that_nobody_can_reach(tmp_path: Path) -> None:
    done = start("start_and_stop", tmp_path, MIAOPI_NAMESPACES="0")
    assert done.wait(LONG) == 0, (tmp_path / "start_and_stop.out").read_text()
    assert (tmp_path / "brief").is_symlink() == (os.geteuid() == 0)
    shutil.rmtree((tmp_path / "brief").resolve())


def test_a_lock_file_that_names_a_stranger_is_no_obstacle(tmp_path: Path) -> None:
    made = EmbeddedServer(tmp_path / "platform", "platform", durable=False)
    made.start()
    lock = (tmp_path / "platform" / "postmaster.pid").read_text()
    assert made.process is not None
    made.process.kill()
    made.process.wait()
    (tmp_path / "platform" / "postmaster.pid").write_text(lock.replace(lock.split("\n")[0], str(os.getpid()), 1))
    made.start(within=LONG)
    made.stop()


def test_a_lock_file_that_names_another_server_leaves_that_one_alone(server: EmbeddedServer, tmp_path: Path) -> None:
    made = EmbeddedServer(tmp_path / "platform", "platform", durable=False)
    made.start()
    lock = (tmp_path / "platform" / "postmaster.pid").read_text()
    assert made.process is not None
    assert server.process is not None
    made.process.kill()
    made.process.wait()
    (tmp_path / "platform" / "postmaster.pid").write_text(lock.replace(lock.split("\n")[0], str(server.process.pid), 1))
    made.start(within=LONG)
    made.stop()
    assert not server.has_died()
    assert server.commits()


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(tmp_path: Path) -> None:
    made = EmbeddedServer(tmp_path / ("long-" * 30) / "platform", "platform", durable=False)
    made.start()
    sockets = made.sockets
    made.stop()
    assert len(os.fsencode(sockets)) < 80
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700


def test_two_servers_stand_side_by_side(server: EmbeddedServer, tmp_path: Path) -> None:
    city = EmbeddedServer(tmp_path / "city", "city", durable=False)
    city.start()
    try:
        assert city.commits()
        assert server.commits()
        assert city.superuser_url() != server.superuser_url()
    finally:
        city.stop()
    assert server.commits()


def test_the_server_ends_with_the_process_that_started_it_however_that_ended(tmp_path: Path) -> None:
    holder = start("hold_server", tmp_path)
    until((tmp_path / "held.pid").exists)
    postmaster = number_in(tmp_path / "held.pid")
    assert os.getsid(postmaster) != os.getsid(holder.pid), "Ctrl-C would reach the database before the web"
    holder.kill()
    holder.wait()
    until(lambda: not is_running(postmaster))


def test_the_application_role_has_limits_and_owns_nothing(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url(APPLICATION), autocommit=True) as connection:
        found = connection.execute("SELECT current_setting('transaction_timeout'), current_setting('lock_timeout')").fetchone()
        assert found == ("10s", "1s")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")


def test_a_role_that_is_not_of_the_house_needs_its_password(server: EmbeddedServer) -> None:
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE agency LOGIN PASSWORD 'right'")
    with psycopg.connect(server.url("agency", "postgres", "right")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("agency",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url("agency", "postgres", "wrong"))
