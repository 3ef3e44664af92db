"""Packages of Debian, downloaded and unpacked into a folder; nothing is installed into the system."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

LIBRARIES = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu")
TOOLS = ("apt-get", "dpkg")


class NoPackages(Exception):
    """They cannot be had here; says why in one line."""


def unpacked(names: Iterable[str], folder: Path) -> Path:
    """The folder that stands for `/`. Raises NoPackages."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise NoPackages(f"this machine has no {' and no '.join(missing)}")
    folder.mkdir(parents=True)
    got = subprocess.run(["apt-get", "download", *names], cwd=folder, capture_output=True, text=True)
    if got.returncode != 0:
        raise NoPackages("; ".join(line for line in got.stderr.splitlines() if line.startswith("E:")) or "apt-get download failed")
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(folder / "root")], check=True)
    return folder / "root"


def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(str(root / place) for place in LIBRARIES)}
