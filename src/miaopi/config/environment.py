"""The `MIAOPI_*` variables: read in one place, refused with the name of the variable where they make no sense."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

ROOT: Final = Path(__file__).resolve().parents[3]


def home_folder() -> Path:
    """`MIAOPI_HOME`, or `.miaopi/` at the root of the project."""
    return _find_home(os.environ.get("MIAOPI_HOME") or "")


@lru_cache(maxsize=8)
def _find_home(text: str) -> Path:
    """The clock is looked for there at each request, and paths are slow to make."""
    return Path(text or ROOT / ".miaopi").absolute()


def city_folder() -> Path:
    """The folder of `cities/` that `MIAOPI_CITY` names; InputError where there is none."""
    name = os.environ.get("MIAOPI_CITY") or "demo"
    folder = ROOT / "cities" / name
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or not (folder / "city.yaml").is_file():
        raise wrong("MIAOPI_CITY", "必须是 cities/ 下的一个城市。", "it must name a folder of cities/.")
    return folder


def is_worker() -> bool:
    """Whether this process signs and delivers: the only one that is shown the keys."""
    return os.environ.get("MIAOPI_PROCESS") == "worker"


def database() -> dict[str, object]:
    """`MIAOPI_DATABASE_URL` in Django's words; without one, a database that cannot be reached."""
    address = os.environ.get("MIAOPI_DATABASE_URL", "")
    parts = urlsplit(address)
    if address and (parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2):
        raise wrong(
            "MIAOPI_DATABASE_URL", "必须形如 postgresql://用户@主机/库。", "it must read postgresql://user@host/database."
        )
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host, port = asked.pop("host", parts.hostname or ""), asked.pop("port", parts.port or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]) or "miaopi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **asked},
    }


def seal_key(home: Path) -> bytes:
    """The 32 bytes behind every seal and pseudonym, from the file `MIAOPI_SEAL_KEY_FILE` or `home/seal.key`; empty where there is none."""
    path = Path(os.environ.get("MIAOPI_SEAL_KEY_FILE") or home / "seal.key")
    return path.read_bytes() if path.is_file() else b""


def secret_key(home: Path) -> str:
    """What signs cookies and form tokens; derived from nothing, kept in `home/web.key`. A fresh one where there is no home."""
    path = home / "web.key"
    return path.read_text(encoding="ascii") if path.is_file() else os.urandom(32).hex()


def gateway(home: Path) -> tuple[str, str]:
    """Where messages go: `MIAOPI_GATEWAY=http:ADDRESS` or `spool:FILE`; by default a spool in the home."""
    text = os.environ.get("MIAOPI_GATEWAY") or f"spool:{home / 'spool' / 'messages.jsonl'}"
    kind, _, address = text.partition(":")
    if kind not in {"http", "https", "spool"} or not address:
        raise wrong("MIAOPI_GATEWAY", "必须以 http: 或 spool: 开头。", "it must begin with http: or spool:.")
    return ("spool", address) if kind == "spool" else ("http", text)


def allowed_hosts() -> list[str]:
    """`MIAOPI_HOSTS`, separated by commas; loopback alone without it."""
    named = [name.strip() for name in os.environ.get("MIAOPI_HOSTS", "").split(",") if name.strip()]
    return named or ["127.0.0.1", "localhost", "[::1]"]


def is_behind_tls() -> bool:
    """`MIAOPI_TLS=1`: a proxy ends TLS in front of us, so cookies and redirects may insist on it."""
    return os.environ.get("MIAOPI_TLS") == "1"


def wrong(name: str, zh: str, en: str) -> InputError:
    """The error that names a variable and what is expected of it, never its value."""
    return InputError(name, Text(zh=f"环境变量 {name} {zh}", en=en), Text(zh="请改正后重试。", en="Correct it and try again."))
