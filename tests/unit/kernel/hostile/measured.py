"""What a definition of somebody hostile takes. Each is read and evaluated in a process of its own, forked from one that has
everything imported and is not watched by whoever counts coverage, so that seconds and bytes are those of the definition alone.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from miaopi.kernel.errors import MiaopiError

ROOT = Path(__file__).resolve().parents[4]
SECONDS = 0.5
MEGABYTES = 64
TRIES = 6
STATUS = Path("/proc/self/status")
FORGET_PEAK = Path("/proc/self/clear_refs")  # 5 sets the peak to what there is now
PATIENCE = 30  # seconds, after which a process is ended from outside
USUAL = 0.010  # seconds for `usual_work` on one of two cores when the other one rests; under load the same work takes up to thrice that

Measure = Callable[[str], "Taken"]


class Taken(NamedTuple):
    """`end` is the class of the error, or `value`; `said` its message, or what the value is. Seconds are those of the processor
    that has nothing else to do: where usual work takes longer, they are fewer by as much.
    """

    end: str
    said: str
    seconds: float
    megabytes: float


@contextmanager
def measuring(module: str) -> Iterator[Measure]:
    """A process that carries out the cases of the module, each for itself; of several tries the best counts, for other
    processes share the processor.
    """
    command = [sys.executable, "-m", "tests.unit.kernel.hostile.measured", module]
    environment = {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def measure(name: str) -> Taken:
            found = [once(name)]
            while found[-1].seconds > SECONDS and len(found) < TRIES:
                found.append(once(name))
            return min(found, key=lambda taken: taken.seconds)

        def once(name: str) -> Taken:
            process.stdin.write(f"{name}\n")  # type: ignore[union-attr]  # it is there
            process.stdin.flush()  # type: ignore[union-attr]  # it is there
            return Taken(*json.loads(process.stdout.readline()))  # type: ignore[union-attr]  # it is there

        yield measure


def serve(cases: Mapping[str, Callable[[], Callable[[], object]]]) -> None:
    """Make and carry out the cases whose names come in, one a line."""
    gc.freeze()  # a child looks through, and so copies, nothing that was there before it
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.write(writing, json.dumps(carried_out(cases[line.rstrip("\n")])).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        print(told or json.dumps(Taken("ended", f"status {status}", PATIENCE, 0)), flush=True)


def carried_out(make: Callable[[], Callable[[], object]]) -> Taken:
    """What the case takes; what it takes to make it is not the case's."""
    signal.alarm(PATIENCE)
    case = make()
    gc.collect()
    pace = usual_work()
    FORGET_PEAK.write_text("5", encoding="ascii")
    before, began = memory("VmRSS"), time.process_time()
    try:
        end, said = "value", str(case())
    except MiaopiError as error:
        end, said = type(error).__name__, error.text.en
    except BaseException as error:
        end, said = type(error).__name__, repr(error)
    seconds, megabytes = time.process_time() - began, memory("VmHWM") - before
    if seconds > SECONDS:  # else it is within the limit at any pace
        pace = (pace + usual_work()) / 2
    return Taken(end, said[:2_000], seconds / max(1.0, pace / USUAL), megabytes)


def usual_work() -> float:
    """How many seconds of the processor the same small work takes now."""
    began = time.process_time()
    kept = {f"name {number}": (number, [number]) for number in range(40_000)}
    assert sum(len(key) + len(value[1]) for key, value in kept.items()) > 0
    return time.process_time() - began


def memory(line: str) -> float:
    """What this process has of the memory, or has had at most, in megabytes."""
    found = next(
        text for text in STATUS.read_text(encoding="ascii").splitlines() if text.startswith(f"{line}:")
    )
    return int(found.split()[1]) / 1_024


if __name__ == "__main__":
    from tests.unit.kernel.hostile import models, texts

    serve({"texts": texts.CASES, "models": models.CASES}[sys.argv[1]])
