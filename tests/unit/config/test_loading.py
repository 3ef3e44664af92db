"""What each verb and each process waits for when it starts."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.house.source import ROOT

FOR_FEW = (
    "PIL", "click", "fpdf", "granian", "nats", "ninja", "openpyxl", "paramiko", "pyarrow", "pymysql", "pypinyin", "rich", "segno",
    "zxingcpp",
)  # fmt: skip


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "miaopi.config.settings"}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_the_collector_leaves_alone_what_is_loaded_and_works_afterwards() -> None:
    ran = run(
        "import gc\n"
        "from miaopi.config.loading import loading\n"
        "with loading():\n    assert not gc.isenabled()\n    kept = [[] for _ in range(1000)]\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 1000\n"
        "try:\n    with loading():\n        raise ImportError\n"
        "except ImportError:\n    assert gc.isenabled()\n"
    )
    assert ran.returncode == 0, ran.stderr


def test_all_rooms_are_loaded_without_what_only_few_verbs_need() -> None:
    ran = run(
        "import sys\n"
        "from miaopi.config.loading import set_up\n"
        "set_up()\n"
        "import gc, miaopi.apps.treasury.api\n"
        "assert gc.get_freeze_count() > 10_000\n"
        f"print(*sorted({set(FOR_FEW)!r} & set(sys.modules)))"
    )
    assert (ran.returncode, ran.stdout) == (0, "\n"), ran.stderr
