"""A licence says what was decided, is signed once and only as it was issued, and is its holder's alone. All persons are made up."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings

from miaopi.apps.audit.api import list_entries, list_parked, public_key, system
from miaopi.apps.identity.api import seal, unseal
from miaopi.apps.licence.actions.sign import sign_licence
from miaopi.apps.licence.models import Licence
from miaopi.apps.licence.queries.licences import compute_context, find_licence, get_licence
from miaopi.kernel.credential import note_key, open_note
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import DUE, work
from tests.unit.filing.scene import ANNA, BEN, NOW, Scene

BY = system("test")


def approved(scene: Scene) -> Licence:
    case = scene.draft()
    scene.confirm(case)
    return Licence.objects.get(number=case.number)


def told(row: Licence, kind: str) -> list[dict[str, Any]]:
    return [dict(entry.body) for entry in list_entries(number=row.number) if entry.kind == f"licence.{kind}"]


def sign(row: Licence) -> None:
    sign_licence(licence=row.id, digest_issued=told(row, "LicenceIssued")[0]["content_digest"], by=BY, now=NOW)


def alter_words(row: Licence) -> None:
    """As somebody with the key of the seals would."""
    content = json.loads(unseal(bytes(row.content), context=compute_context(row)))
    content["lines"][1]["zh"] = "姓名：演示·别人"
    Licence.objects.filter(id=row.id).update(content=seal(json.dumps(content).encode(), context=compute_context(row)))


def test_an_approval_issues_a_licence_that_says_what_was_decided(scene: Scene) -> None:
    row = approved(scene)
    licence = get_licence(number=row.number, reader=scene.anna, now=NOW)
    assert Text(zh=f"姓名：{ANNA.name}", en=f"Name: {ANNA.name}") in licence.lines
    assert licence.licence_identifier == f"GA-001-{row.number}"
    assert (licence.signed_at, licence.signed_text) == (None, None)
    assert ANNA.name.encode() not in bytes(row.content)
    (issued,) = told(row, "LicenceIssued")
    assert ANNA.name not in str(issued) and ANNA.id_number not in str(issued)


def test_two_licences_with_the_same_words_have_digests_that_do_not_say_so(scene: Scene) -> None:
    first, second = approved(scene), approved(scene)
    assert told(first, "LicenceIssued")[0]["content_digest"] != told(second, "LicenceIssued")[0]["content_digest"]


def test_a_refusal_issues_nothing(scene: Scene) -> None:
    scene.change("criminal", "criminal_record", condition_met="false")
    case = scene.draft()
    scene.confirm(case)
    assert not Licence.objects.exists()
    assert find_licence(number=case.number, reader=scene.anna, now=NOW) is None
    with pytest.raises(NotFound):
        get_licence(number=case.number, reader=scene.anna, now=NOW)


def test_the_worker_signs_it_once_and_the_signature_verifies(scene: Scene) -> None:
    row = approved(scene)
    work()
    text = get_licence(number=row.number, reader=scene.anna, now=NOW).signed_text
    assert text is not None
    key = note_key(f"{settings.MIAOPI_LOG_ORIGIN}/licence", public_key("licence"))
    words = open_note(text, key)
    assert words is not None and f"姓名：{ANNA.name}\n" in words
    sign(row)
    row.refresh_from_db()
    assert get_licence(number=row.number, reader=scene.anna, now=NOW).signed_text == text
    assert len(told(row, "LicenceSigned")) == 1


@pytest.mark.parametrize("altered", ["identifier", "day", "words"])
def test_a_row_that_was_altered_after_it_was_issued_is_not_signed(scene: Scene, altered: str) -> None:
    row = approved(scene)
    match altered:
        case "identifier":
            Licence.objects.filter(id=row.id).update(licence_identifier="GA-001-another")
        case "day":
            Licence.objects.filter(id=row.id).update(issued_on=date(2020, 1, 1))
        case _:
            alter_words(row)
    with pytest.raises(ValueError, match=f"licence {row.id} was altered"):
        sign(row)
    for tries in range(6):
        work(NOW + tries * DUE)
    row.refresh_from_db()
    assert row.signed_text is None
    assert not told(row, "LicenceSigned")
    assert [parked.handler for parked in list_parked()] == ["licence.sign_when_issued"]


def test_the_licence_of_another_is_one_that_is_not_there(scene: Scene) -> None:
    row, ben = approved(scene), scene.enter(BEN)
    with pytest.raises(NotFound) as refused:
        get_licence(number=row.number, reader=ben, now=NOW)
    with pytest.raises(NotFound) as absent:
        get_licence(number="20261123-AAAAAAAAA", reader=ben, now=NOW)
    assert refused.value.text == absent.value.text
