"""The first breath of every process we start: tie it to its parent, give it the account it may have, become the program.

Run as `python -I -S child.py PARENT SIGNAL ACCOUNT PROGRAM …` from a thread that lives as long as the child should, since
the kernel sends SIGNAL when that *thread* ends. ACCOUNT is `-` (as it is), `inside:UID` (a user namespace in which we
are UID: the server refuses root, and this way the files stay ours) or `switch:UID:GID`. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_namespace(inner: int) -> None:
    """Become `inner` in a user namespace of our own; OSError where the machine forbids it."""
    outer_user, outer_group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner} {outer_user} 1"),
        ("gid_map", f"{inner} {outer_group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


def tie_to_parent(parent: int, signal: int) -> None:
    """From now on the end of `parent` is `signal` for us; if it has ended already, so do we."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    parent, signal, account, *command = arguments
    kind, _, identity = account.partition(":")
    if kind == "inside":
        enter_namespace(int(identity))
    elif kind == "switch":
        user, group = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    # A change of credentials clears the request, so it comes after the change of account.
    tie_to_parent(int(parent), int(signal))
    os.execv(command[0], command)  # noqa: S606 - the command is ours, and no shell should see it


if __name__ == "__main__":
    main(sys.argv[1:])
