"""The product's own settings with the outside replaced: a database a worker, fakes and folders for the rest."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from miaopi.config.settings import *  # noqa: F403 - a settings module is a list of names

_folder = Path(os.environ.get("MIAOPI_TEST_FOLDER") or tempfile.mkdtemp(prefix="miaopi-test-"))
(_folder / "keys").mkdir(mode=0o700, exist_ok=True)

SECRET_KEY = "only-for-tests"
MIAOPI_SEAL_KEY = bytes(range(32))
MIAOPI_KEYS = str(_folder / "keys")
MIAOPI_PUBLIC_KEYS = str(_folder / "public-keys")
MIAOPI_AGENCIES = str(_folder / "agencies.json")
MIAOPI_GATEWAY = ("spool", str(_folder / "messages.jsonl"))
MIAOPI_AUTHORITY = "fake"
MIAOPI_BANK = "fake"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
