"""What goes wrong inside an expression."""

from __future__ import annotations


class Fault(Exception):
    """An evaluation went wrong in one place. The interpreter makes it an `Undetermined`: an error never decides."""


class Overrun(Fault):
    """A value has too many parts to be looked at; no other answer makes up for that."""
