"""Mandate: everybody acts for herself, and nobody for another."""

from __future__ import annotations

from datetime import UTC, datetime

from miaopi.apps.exchange.adapters.registered import ask_registered
from miaopi.apps.mandate.api import find_powers
from miaopi.kernel.fact import Absent, Known

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_a_person_has_the_power_to_act_for_herself() -> None:
    assert [power.ground for power in find_powers("anna", "anna")] == ["self"]


def test_a_person_has_no_power_for_another() -> None:
    assert find_powers("anna", "ben") == ()


def test_nobody_has_no_power_for_nobody() -> None:
    assert find_powers("", "") == ()


def test_the_room_answers_as_the_source_of_the_resource_mandate_and_only_what_was_asked() -> None:
    fields = ("applicant_kind", "is_subject", "is_valid", "employment_ban_statute")
    facts = ask_registered("mandate", "anna", fields, now=NOW)
    assert facts == {
        "applicant_kind": Known("natural_person", "mandate", NOW),
        "is_subject": Known(True, "mandate", NOW),
        "is_valid": Known(True, "mandate", NOW),
        "employment_ban_statute": Absent("mandate", NOW),
    }
    assert set(ask_registered("mandate", "anna", ("is_valid",), now=NOW)) == {"is_valid"}
