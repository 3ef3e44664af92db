"""What the tests of this room share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def agency_server() -> str:
    """A libpq address with which databases and roles can be made."""
    return os.environ["MIAOPI_TEST_SERVER"]
