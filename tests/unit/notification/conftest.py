"""The scene, for the tests of notification."""

from tests.unit.filing.conftest import scene

__all__ = ["scene"]
