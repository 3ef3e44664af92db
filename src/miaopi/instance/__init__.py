"""What runs: embedded servers, the supervisor that owns every process, the worker, and the verbs' way in."""

from __future__ import annotations

from miaopi.instance.attaching import Instance, InstanceFailed, attach, wait_until_gone

__all__ = ["Instance", "InstanceFailed", "attach", "wait_until_gone"]
