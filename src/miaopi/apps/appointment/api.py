"""The door of appointment."""

from __future__ import annotations

from miaopi.apps.appointment.actions.book import book_slot, cancel_slot, move_slot
from miaopi.apps.appointment.actions.counter import complete_visit, read_visit, see_paper
from miaopi.apps.appointment.actions.due import run_due
from miaopi.apps.appointment.events import (
    SlotBooked,
    SlotCancelled,
    SlotMoved,
    VisitCompleted,
    VisitEnded,
    VisitLapsed,
    VisitReminded,
)
from miaopi.apps.appointment.models import VisitState
from miaopi.apps.appointment.queries.counter import CounterView, list_day
from miaopi.apps.appointment.queries.visits import (
    Appointment,
    Offer,
    Slot,
    VisitView,
    find_visit,
    get_office,
    list_slots,
    list_visits_of,
)

__all__ = [
    "Appointment", "CounterView", "Offer", "Slot", "SlotBooked", "SlotCancelled", "SlotMoved", "VisitCompleted", "VisitEnded",
    "VisitLapsed", "VisitReminded", "VisitState", "VisitView", "book_slot", "cancel_slot", "complete_visit", "find_visit", "get_office",
    "list_day", "list_visits_of", "move_slot", "list_slots", "read_visit", "run_due", "see_paper",
]  # fmt: skip
