"""An error knows who can mend it: that is its status on the wire and its exit code in a terminal (DESIGN.md §6)."""

from __future__ import annotations

import pytest

from miaopi.kernel.errors import (
    DefinitionError,
    InputError,
    MiaopiError,
    NotFound,
    RightsError,
    UpstreamError,
)
from miaopi.kernel.wording import Text

SAID = Text("说明", "said")


@pytest.mark.parametrize(
    ("error", "status", "exit_code"),
    [
        (InputError("field", SAID, SAID), 422, 2),
        (RightsError(SAID), 403, 3),
        (DefinitionError("rules.yaml:3", "said"), 409, 4),
        (UpstreamError("population", SAID), 503, 5),
        (NotFound(SAID), 404, 6),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, MiaopiError) else None,
)
def test_an_error_says_who_can_mend_it(error: MiaopiError, status: int, exit_code: int) -> None:
    assert (error.status, error.exit_code) == (status, exit_code)
    assert error.text.zh and error.text.en


def test_a_source_that_failed_is_named() -> None:
    assert UpstreamError("population", SAID).source == "population"
