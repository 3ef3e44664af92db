"""The table of time zones as the program holds it, made of the package that `requirements/run.txt` pins.

`python -m tests.unit.kernel.expr.zones` writes it anew after the pin was raised.
"""

from __future__ import annotations

import base64
import lzma
from importlib.resources import files
from pathlib import Path
from typing import Final

import tzdata

WIDTH: Final = 132
MODULE: Final = Path(__file__).resolve().parents[4] / "src/miaopi/kernel/expr/temporal/zone_table.py"


def names() -> list[str]:
    return (files(tzdata) / "zones").read_text("ascii").split()


def source_of(name: str) -> bytes:
    return (files(tzdata) / "zoneinfo").joinpath(*name.split("/")).read_bytes()


def print_table() -> str:
    """The module that holds every zone; those of one content stand in it once."""
    starts: dict[bytes, int] = {}
    body = b""
    for name in names():
        if source_of(name) not in starts:
            starts[source_of(name)] = len(body)
            body += source_of(name)
    index = ";".join(f"{name} {(start := starts[source_of(name)])} {start + len(source_of(name))}" for name in names())
    packed = base64.b85encode(lzma.compress(index.encode() + b"\n" + body, preset=9 | lzma.PRESET_EXTREME)).decode()
    lines = [f'    "{packed[at : at + WIDTH]}",\n' for at in range(0, len(packed), WIDTH)]
    return (
        f'"""The IANA time zone database {tzdata.IANA_VERSION}, packed: `tests/unit/kernel/expr/zones.py` prints this module."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n"
        f'VERSION: Final = "{tzdata.IANA_VERSION}"\nPACKED: Final = (\n{"".join(lines)})\n'
    )


if __name__ == "__main__":
    MODULE.write_text(print_table(), encoding="ascii")
