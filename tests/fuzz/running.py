"""A bounded run of one target in a process and a folder of its own, and what it found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from miaopi.kernel.expr.lexer import KEYWORDS
from miaopi.kernel.expr.library import FUNCTIONS
from tests.fuzz import targets
from tests.property.test_dmn_noise import PIECES, SOUND
from tests.unit.kernel.dmn.written import (
    NAMESPACE,
    column,
    context,
    decision,
    entry,
    feel,
    given,
    item,
    knowledge,
    model,
    output,
    result,
    service,
    table,
)
from tests.unit.kernel.hostile.measured import MEGABYTES, SECONDS, carried_out

ROOT: Final = Path(__file__).resolve().parents[2]
LONGEST: Final = {"open": 1_024, "strict": 1_024, "model": 8_192, "pattern": 256}  # bytes of an input
EXAMPLE: Final = re.compile(r"^\| `+ ?(.+?) ?`+ \|", re.M)  # the first column of a table of the manual
PATTERNS: Final = (
    "(a+)+$\naaaa",
    "[a-z-[x]]{2,5}?\nabc",
    "\\p{Lu}|\\i\\c*\nAb",
    "^(a)(b)?\\1$\naa",
    "(?:a|b)*\\s\nab a",
)
MODELS: Final = (
    model(decision("d", context(entry("a", feel("1")), result(feel("a + x")))), given("x", "number")),
    model(
        item("t", "string", allowed='"a", "b"'),
        given("x", "t"),
        decision("d", table("FIRST", (column("x"),), (output(),), '"a" -> 1')),
        "x",
    ),
    model(
        f'<import name="m" namespace="urn:test" importType="{NAMESPACE}"/>',
        service("s", "outputDecision d"),
        decision("d", feel("f(1)")),
    ),
    model(
        knowledge("f", feel("n * 2"), "n: number"),
        decision("d", f"<relation><column name='a'/><row>{feel('f(2)')}</row></relation>"),
    ),
)
TIMES: Final = (
    *(
        "2026-11-26",
        "-0044-03-15",
        "999999999-12-31",
        "2016-12-31T23:59:60Z",
        "2026-11-26T09:30:00@Asia/Shanghai",
    ),
    *("10:20:30.123456789+08:00", "P1Y2M", "-P3DT4H5M6.7S", "24:00:00", "2026-02-30"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The executions of a run, and what was found wrong, each as `input: what`."""

    executions: int
    wrong: tuple[str, ...]


def fuzz(target: str, executions: int, *, seed: int = 1) -> Found:
    """Raises AssertionError where the process ends before its executions are done."""
    with TemporaryDirectory(prefix="miaopi-fuzz-") as name:
        folder = Path(name)
        corpus, words = folder / "corpus", folder / "words"
        corpus.mkdir()
        for at, text in enumerate(seeds(target)):
            (corpus / f"seed-{at}").write_bytes(text)
        words.write_text("".join(map(quoted, dictionary(target))), encoding="ascii")
        options = [
            f"-atheris_runs={executions}",
            f"-max_len={LONGEST[target]}",
            f"-dict={words}",
            f"-seed={seed}",
        ]
        options += [
            "-timeout=60",
            "-rss_limit_mb=2048",
            "-print_final_stats=0",
            "-verbosity=0",
            f"-artifact_prefix={folder}/",
        ]
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.harness",
            target,
            name,
            str(executions),
            *options,
            str(corpus),
        ]
        paths = [
            str(ROOT / "src"),
            str(ROOT),
            *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
        ]
        environment = {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
        )
        done = int((folder / "done").read_text(encoding="ascii")) if (folder / "done").exists() else 0
        assert done >= executions, f"{target}: ended after {done} executions\n{ran.stderr[-3_000:]}"
        return Found(done, tuple(told(target, folder)))


def told(target: str, folder: Path) -> Iterator[str]:
    """What was wrong with the inputs kept; the slow and the big ones are tried again where nobody watches."""
    for path in sorted(folder.glob("found-*")):
        if path.suffix == ".txt":
            continue
        data, wrong = path.read_bytes(), path.with_name(f"{path.name}.txt").read_text(encoding="utf-8")
        if wrong:
            yield f"{data!r}: {wrong}"
            continue
        taken = carried_out(lambda data=data: lambda: targets.run(target, data))  # type: ignore[misc]  # data is bytes
        if taken.seconds > SECONDS or taken.megabytes > MEGABYTES:
            yield f"{data!r}: {taken.seconds:.2f} seconds, {taken.megabytes:.0f} megabytes"


def seeds(target: str) -> list[bytes]:
    """What the project itself has written for that door."""
    if target == "model":
        return [b"\0" + SOUND, *(b"\1" + source for source in MODELS)]
    if target == "pattern":
        return [b"\0" + text.encode() for text in PATTERNS] + [b"\1" + text.encode() for text in TIMES]
    manual = (ROOT / "docs/reference/rule-language.md").read_text(encoding="utf-8")
    found = [b"\xff" + text.replace("\\|", "|").encode() for text in EXAMPLE.findall(manual)]
    return [text for text in found if len(text) < LONGEST[target]]


def dictionary(target: str) -> list[str]:
    if target == "model":
        return [piece.decode("latin-1") for piece in PIECES]
    return [
        *FUNCTIONS,
        *KEYWORDS,
        *targets.TYPES,
        "..",
        "**",
        "instance of",
        '@"',
        "P1D",
        "2026-11-26",
        "\\p{L}",
        "{2,3}",
    ]


def quoted(word: str) -> str:
    plain = "".join(
        sign if sign.isascii() and sign.isalnum() else "".join(f"\\x{byte:02x}" for byte in sign.encode())
        for sign in word
    )
    return f'"{plain}"\n'
