"""Fifty cities: on each seed the demo finds its worker, decides her application, and an outsider accepts the proof."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "tests" / "outside" / "verify_proof.py"


def one_city(seed: int) -> dict[str, object]:
    """Run the demo once on this seed in a home of its own; raises AssertionError where it falls short."""
    with TemporaryDirectory(prefix="miaopi-seed-") as home:
        command = [str(ROOT / "miaopi"), "demo", "--once", "--seed", str(seed), "--json"]
        environment = {**os.environ, "MIAOPI_HOME": home}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert ran.returncode == 0, ran.stderr[-2000:]
        application = json.loads(ran.stdout)["application"]
        checked = subprocess.run(
            [sys.executable, str(VERIFIER)], input=json.dumps(application["proof"]), capture_output=True, text=True
        )
    assert application["outcome"] == "approve", application["outcome"]
    assert application["typed"] == ["purpose"]
    assert len(application["prefilled"]) >= 8
    assert len(application["messages"]) == 1 and application["licence"]
    assert checked.stdout.startswith("valid"), checked.stdout
    return {"seed": seed, "prefilled": len(application["prefilled"]), "elapsed_ms": application["elapsed_ms"]}


def main(count: int = 50) -> dict[str, object]:
    """Returns seeds, how many were approved, and the spread of the time from start to result, in milliseconds."""
    cities = []
    for seed in range(1, count + 1):
        cities.append(one_city(seed))
        print(f"seed {seed}: {cities[-1]}", file=sys.stderr)
    times = sorted(int(str(city["elapsed_ms"])) for city in cities)
    return {
        "seeds": count,
        "approved": len(cities),
        "proofs_valid": len(cities),
        "elapsed_ms": {"min": times[0], "median": times[len(times) // 2], "max": times[-1]},
    }
