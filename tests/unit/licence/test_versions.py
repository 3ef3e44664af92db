"""A licence has one version that counts; keys come and go, and what they signed stays verifiable. All persons are made up."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import segno
from PIL import Image

from miaopi.apps.approval.api import decide_case, request_review, take_case
from miaopi.apps.audit.api import list_entries, list_parked, system
from miaopi.apps.licence.actions.issue import revoke_licence, supersede_licence
from miaopi.apps.licence.actions.sign import AHEAD, TERM, mask_name, publish_next_key, renew_signing_keys
from miaopi.apps.licence.models import Licence as Row
from miaopi.apps.licence.queries.document import make_pdf, spell_out
from miaopi.apps.licence.queries.keys import TTL, compute_trust
from miaopi.apps.licence.queries.licences import (
    Licence,
    State,
    find_licence,
    get_licence,
    get_own_licence,
    list_licences,
)
from miaopi.apps.licence.queries.picture import draw_qr
from miaopi.apps.licence.queries.reading import LARGEST, verify_credential
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.credential import Reason, Trust, Verdict, digest_holder, read_trust
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, REASON, officer
from tests.unit.audit.happenings import work
from tests.unit.filing.scene import ANNA, BEN, NOW, ROOT, Scene

BY = system("test")
SOON = NOW + timedelta(minutes=1)
NOBODY = Trust((), {}, {})
LINE = Text(zh="迁入：2026年11月24日", en="Moved in: 24 November 2026")


def issued(scene: Scene) -> Licence:
    case = scene.draft()
    scene.confirm(case)
    work(NOW)
    return get_licence(number=case.number, reader=scene.anna, now=NOW)


def judge(brought: str | bytes | None, *, at: datetime = SOON, known_at: datetime | None = None) -> Verdict:
    """What a verifier says who fetched the file of keys at a moment."""
    assert brought is not None
    return verify_credential(brought, trust=read_trust(compute_trust(known_at or at)), at=at)


def test_the_credential_says_little_and_holds_for_whoever_has_the_keys(scene: Scene) -> None:
    licence = issued(scene)
    verdict = judge(licence.credential)
    assert verdict.reason is None and verdict.claims is not None
    assert verdict.title == licence.title
    assert set(verdict.claims) == {"issuer", "id", "issued_at", "not_before", "type", "name", "identifier", "holder_digest"}
    assert (verdict.claims["identifier"], verdict.claims["name"]) == (licence.licence_identifier, "演*娜")
    expected = digest_holder(bytes.fromhex(str(verdict.claims["id"])), ANNA.id_number)
    assert verdict.claims["holder_digest"] == expected.hex(), "whoever sees her card can compare"
    assert ANNA.id_number not in str(verdict.payload)
    row = Row.objects.get()
    assert licence.credential is not None and licence.credential.encode() not in bytes(row.credential or b"")
    (signed,) = [entry.body for entry in list_entries(number=licence.number) if entry.kind == "licence.LicenceSigned"]
    assert signed["key"] == licence.key == row.key


def test_two_credentials_of_one_person_share_no_digest(scene: Scene) -> None:
    first, second = (judge(issued(scene).credential).claims for _ in range(2))
    assert first is not None and second is not None
    assert {first["id"], first["holder_digest"]}.isdisjoint({second["id"], second["holder_digest"]})


def test_a_new_version_takes_the_place_of_the_one_before(scene: Scene) -> None:
    first = issued(scene)
    supersede_licence(number=first.number, line=LINE, by=BY, now=SOON)
    work(SOON)
    second = get_licence(number=first.number, reader=scene.anna, now=SOON)
    assert (second.version, second.state, second.lines) == (2, State.ACTIVE, (*first.lines, LINE))
    assert second.signed_text is not None and LINE.zh in second.signed_text
    assert judge(second.credential).is_valid
    assert judge(first.credential).reason is Reason.REVOKED
    assert get_own_licence(licence=first.id, reader=scene.anna, now=SOON).state is State.SUPERSEDED
    assert [licence.id for licence in list_licences(reader=scene.anna, now=SOON)] == [second.id]
    kinds = [entry.kind for entry in list_entries(number=first.number)]
    assert (kinds.count("licence.LicenceIssued"), kinds.count("licence.LicenceUpdated"), kinds.count("licence.LicenceSigned")) == (1, 1, 2)


def test_a_version_is_signed_only_as_it_was_issued(scene: Scene) -> None:
    first = issued(scene)
    supersede_licence(number=first.number, line=LINE, by=BY, now=SOON)
    Row.objects.filter(number=first.number, version=2).update(valid_to=date(2030, 1, 1))
    for tries in range(6):
        work(SOON + tries * timedelta(minutes=1))
    assert [parked.handler for parked in list_parked()] == ["licence.sign_when_updated"]
    assert Row.objects.get(version=2).credential is None


def test_a_revoked_licence_counts_no_more_and_can_be_granted_anew(scene: Scene) -> None:
    first = issued(scene)
    for _ in range(2):
        revoke_licence(number=first.number, ground="d" * 32, by=BY, now=SOON)
    assert judge(first.credential).reason is Reason.REVOKED
    found = find_licence(number=first.number, reader=scene.anna, now=SOON)
    assert found is not None and (found.state, found.state_words.zh) == (State.REVOKED, "已撤销")
    supersede_licence(number=first.number, line=LINE, by=BY, now=SOON)
    assert Row.objects.count() == 1, "what does not count is not continued"
    assert [entry.kind for entry in list_entries(number=first.number)].count("licence.LicenceRevoked") == 1


def test_a_person_who_decides_anew_makes_a_new_version(scene: Scene) -> None:
    first = issued(scene)
    request_review(number=first.number, by=scene.anna, now=NOW)
    zhou = officer()
    take_case(number=first.number, by=zhou, now=NOW)
    decide_case(number=first.number, outcome="approve", reason=REASON, basis=BASIS, values={"office": "演示二所"}, by=zhou, now=SOON)
    work(SOON)
    second = get_licence(number=first.number, reader=scene.anna, now=SOON)
    assert (second.version, second.state) == (2, State.ACTIVE)
    assert any("演示二所" in line.zh for line in second.lines)
    assert (judge(first.credential).reason, judge(second.credential).reason) == (Reason.REVOKED, None)


def test_the_last_day_counts_to_its_end_in_the_citys_time(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    Row.objects.update(valid_to=date(2026, 12, 31))
    row = Row.objects.get()
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=LEGAL_ZONE)
    assert get_licence(number=row.number, reader=scene.anna, now=last).state is State.ACTIVE
    assert get_licence(number=row.number, reader=scene.anna, now=last + timedelta(seconds=1)).state is State.EXPIRED


def test_another_sees_nothing_of_it(scene: Scene) -> None:
    licence, ben = issued(scene), scene.enter(BEN)
    with pytest.raises(NotFound):
        get_own_licence(licence=licence.id, reader=ben, now=NOW)
    assert list_licences(reader=ben, now=NOW) == []
    assert list_licences(reader=BY, now=NOW) == []


def test_a_key_is_known_a_day_before_it_signs_and_the_one_before_goes_on_verifying(scene: Scene) -> None:
    first = issued(scene)
    publish_next_key(by=BY, now=NOW)
    assert [key["state"] for key in keys_at(NOW)] == ["active", "next"]
    assert judge(issued(scene).credential).kid == bytes.fromhex(first.key or "")
    begun = NOW + AHEAD
    assert [key["state"] for key in keys_at(begun)] == ["retired", "active"]
    case = scene.draft(now=begun)
    scene.confirm(case, now=begun)
    work(begun)
    second = get_licence(number=case.number, reader=scene.anna, now=begun)
    assert second.key != first.key
    for licence in (first, second):
        assert judge(licence.credential, at=begun).is_valid


def keys_at(now: datetime) -> list[dict[str, object]]:
    keys = compute_trust(now)["keys"]
    assert isinstance(keys, list)
    return keys


def test_a_key_is_renewed_before_its_year_is_over_and_once(scene: Scene) -> None:
    assert not renew_signing_keys(by=BY, now=NOW), "nothing was signed yet"
    issued(scene)
    assert not renew_signing_keys(by=BY, now=NOW + TERM - AHEAD - timedelta(seconds=1))
    due = NOW + TERM - AHEAD
    assert [renew_signing_keys(by=BY, now=due + timedelta(minutes=minutes)) for minutes in range(3)] == [True, False, False]
    assert [key["state"] for key in keys_at(due + AHEAD)] == ["retired", "active"]


def test_an_old_file_of_keys_says_that_it_is_too_old(scene: Scene) -> None:
    credential = issued(scene).credential
    assert judge(credential, at=NOW + TTL, known_at=NOW).is_valid
    assert judge(credential, at=NOW + TTL + timedelta(seconds=1), known_at=NOW).reason is Reason.STALE


def test_picture_sheet_and_json_are_read_back(scene: Scene) -> None:
    licence = issued(scene)
    assert licence.credential is not None
    picture, code = BytesIO(), segno.make_qr(licence.credential, error="m", boost_error=False)
    code.save(picture, kind="png", scale=3)
    assert int(code.version) <= 13
    said = json.dumps(licence.to_json(), ensure_ascii=False).encode()
    text = licence.credential
    for brought in (text, f"  {text}\n", text.encode(), picture.getvalue(), make_pdf(licence), said):
        assert judge(brought).is_valid


JUNK = {
    "nothing": b"", "no text": b"\xff\xfe", "half a picture": b"\x89PNG\r\n\x1a\nxx", "another PDF": b"%PDF-1.7 nothing",
    "half a JSON": b"{", "a number": b'{"credential": 5}',
    "no licence": b"{}", "too large": b"x" * (LARGEST + 1), "too deep": b'{"a":' * 100_000,
    "no photograph": b"\xff\xd8\xff\xe0junk",
}  # fmt: skip


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_what_is_no_licence_gets_a_verdict_like_any_other(junk: bytes) -> None:
    assert verify_credential(junk, trust=NOBODY, at=NOW).reason in {Reason.UNREADABLE, Reason.UNKNOWN_FORMAT}


def test_a_picture_with_no_code_or_two_is_unreadable_and_a_vast_one_is_not_begun() -> None:
    blank, two = Image.new("L", (300, 300), 255), Image.new("L", (900, 400), 255)
    for place, text in ((0, "MP1:A"), (450, "MP1:B")):
        code = BytesIO()
        segno.make_qr(text).save(code, kind="png", scale=8)
        two.paste(Image.open(code), (place, 0))
    for picture in (blank, two, Image.new("L", (100_000, 1)), Image.new("L", (1, 100_000))):
        content = BytesIO()
        picture.save(content, "PNG")
        assert verify_credential(content.getvalue(), trust=NOBODY, at=NOW).reason is Reason.UNREADABLE
    assert verify_credential(vast_picture(), trust=NOBODY, at=NOW).reason is Reason.UNREADABLE


def vast_picture() -> bytes:
    """One that says it is 10,000 by 10,000."""
    header = b"IHDR" + (10_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\r" + header + zlib.crc32(header).to_bytes(4, "big")


def test_the_code_is_black_on_white_with_its_quiet_zone_and_waits_for_the_signature(scene: Scene) -> None:
    licence = issued(scene)
    svg = draw_qr(licence)
    side = segno.make_qr(licence.credential, error="m", boost_error=False).symbol_size(border=4)[0]
    assert f'viewBox="0 0 {side} {side}"' in svg
    assert 'fill="#fff"' in svg and 'fill="#000"' in svg and "style" not in svg
    assert ANNA.name not in svg
    case = scene.draft()
    scene.confirm(case)
    unsigned = get_licence(number=case.number, reader=scene.anna, now=NOW)
    for made in (draw_qr, make_pdf):
        with pytest.raises(NotFound, match="being signed"):
            made(unsigned)


def test_the_sheet_is_the_same_each_time_and_its_metadata_name_nobody(scene: Scene) -> None:
    licence = issued(scene)
    sheet = make_pdf(licence)
    assert sheet == make_pdf(licence)
    assert sheet.startswith(b"%PDF-")
    for secret in (ANNA.name, ANNA.id_number, str(ROOT), "site-packages"):
        assert secret.encode() not in sheet and secret.encode("utf-16-be") not in sheet


def test_a_rare_character_never_vanishes_in_silence() -> None:
    assert spell_out("王玥喆堃 Émile·A") == "王玥喆堃 Émile·A"
    assert spell_out("\U0002b74f演") == "〔U+2B74F〕演"
    assert spell_out("😀") == "〔U+1F600〕"


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李丽华", "李*华"), ("李华", "李*"), ("李", "李*"), ("欧阳丽华", "欧*华"), ("阿卜杜拉·买买提", "阿*提"),
     ("ANNA MARIA DEMO", "A* M* D*"), ("", "*")],
)  # fmt: skip
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked
