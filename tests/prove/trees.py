"""Private copies of the project in which a proof may plant faults."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of what git tracks, with the environment of the original linked into it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    with TemporaryDirectory(prefix="miaopi-proof-") as folder:
        copy = Path(folder) / "tree"
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        for shared in (".venv", "node_modules"):
            if (ROOT / shared).exists():
                (copy / shared).symlink_to(ROOT / shared)
        subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
        subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
        identity = ["-c", "user.name=proof", "-c", "user.email=proof@example.invalid"]
        subprocess.run(["git", *identity, "commit", "-qm", "house: copy the tree for a proof"], cwd=copy, check=True)
        yield copy
