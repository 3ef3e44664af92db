"""Versions that have decided, kept as text by their hash, so that a receipt replays when the folder says something else (ADR 0029)."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from miaopi.definitions.package import ServicePackage, read_version

VERSION = re.compile(r"[0-9a-f]{64}")


def keep_version(package: ServicePackage, folder: Path) -> None:
    """Write the rule files of the package into that folder, once. Raises OSError where it cannot be written to."""
    kept = folder / f"{package.version}.json"
    if kept.is_file():
        return
    for private in (folder.parent, folder):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(dict(package.files), ensure_ascii=False), encoding="utf-8")
    half.replace(kept)


def find_version(folder: Path, *, slug: str, version: str) -> ServicePackage | None:
    """The package that was kept there under that hash; `None` where none was. Raises DefinitionError where it was altered since."""
    kept = folder / f"{version}.json"
    if not VERSION.fullmatch(version) or not kept.is_file():
        return None
    return read_version(json.loads(kept.read_text(encoding="utf-8")), slug=slug, version=version)
