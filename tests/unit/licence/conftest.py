"""The scene, for the tests of licence."""

from tests.unit.filing.conftest import scene

__all__ = ["scene"]
