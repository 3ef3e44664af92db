"""What the settings turn on where a proxy ends TLS, and only there: a process of its own, for settings are read once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

NAMES = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")


@pytest.mark.parametrize("tls", ["1", "0"])
def test_cookies_insist_on_tls_where_there_is_tls(tls: str) -> None:
    read = f"import json; from miaopi.config import settings; print(json.dumps([getattr(settings, name, None) for name in {NAMES!r}]))"
    environment = {**os.environ, "MIAOPI_TLS": tls, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", read], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [tls == "1"] * len(NAMES)
