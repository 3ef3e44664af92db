"""The scene, for the tests of approval."""

from tests.unit.filing.conftest import scene

__all__ = ["scene"]
