"""An authority in memory, for tests and trials: it knows the persons it was given, and can be down."""

from __future__ import annotations

from collections.abc import Mapping

from miaopi.apps.identity.adapters.port import Assertion, StaffAssertion
from miaopi.apps.identity.adapters.wording import UNAVAILABLE
from miaopi.kernel.errors import UpstreamError


class FakeAuthority:
    """Answers from `persons`, which its owner may change between calls."""

    def __init__(self, persons: Mapping[str, Assertion | StaffAssertion] | None = None) -> None:
        self.persons: dict[str, Assertion | StaffAssertion] = dict(persons or {})
        self.is_down = False

    def verify(self, code: str) -> Assertion | StaffAssertion | None:
        if self.is_down:
            raise UpstreamError("authority", UNAVAILABLE)
        return self.persons.get(code)
