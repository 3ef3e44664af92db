"""The QR code of a licence (ISO/IEC 18004): black on white with its quiet zone, in the night as well, for scanners at gates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from miaopi.apps.licence.queries.licences import Licence
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text

QUIET: Final = 4  # modules; what the norm asks for
NOT_SIGNED: Final = Text(zh="证照正在签名，请过一秒再看。", en="The licence is being signed; look again in a second.")

Run = tuple[int, int, int]  # x, y and length of a row of dark modules


def draw_qr(licence: Licence) -> str:
    """The code as SVG, sized by whoever shows it. Raises NotFound until the licence is signed."""
    runs, size = compute_runs(licence)
    path = "".join(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for x, y, length in runs)
    side = size + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f"<title>{licence.title.zh} · {licence.licence_identifier}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def compute_runs(licence: Licence) -> tuple[list[Run], int]:
    """The dark modules in runs, and how many modules a side has. Level M, the smallest version that fits."""
    if licence.credential is None:
        raise NotFound(NOT_SIGNED)
    import segno  # only whoever shows a code waits for it

    matrix = segno.make_qr(licence.credential, error="m", boost_error=False).matrix
    return [run for y, row in enumerate(matrix) for run in _runs(y, row)], len(matrix)


def _runs(y: int, row: bytearray) -> Iterator[Run]:
    begun = None
    for x, module in enumerate([*row, 0]):
        if module and begun is None:
            begun = x
        elif not module and begun is not None:
            yield begun, y, x - begun
            begun = None
