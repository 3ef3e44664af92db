"""The citizen ID number checks itself (GB 11643). All numbers here are made up."""

from __future__ import annotations

import traceback
from datetime import date

import pytest

from miaopi.apps.identity.api import check_id_number
from miaopi.kernel.errors import InputError


@pytest.mark.parametrize("number", ["11010519491231002X", "440300195602290019"])
def test_a_right_number_is_kept_as_it_is(number: str) -> None:
    assert check_id_number(number) == number


def test_a_lower_case_x_is_kept_as_upper_case() -> None:
    assert check_id_number(" 11010519491231002x ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("110105491231002", "15-digit"),
        ("11010519491231002", "17 digits and a check character"),
        ("11010519491231002XX", "17 digits and a check character"),
        ("1101051949123100AX", "17 digits and a check character"),
        ("٤40300195602290019", "17 digits and a check character"),
        ("010105194912310028", "17 digits and a check character"),
        ("", "17 digits and a check character"),
        ("440300199002300015", "date of birth"),
        ("440300189912310012", "date of birth"),
        ("110105194912310021", "check character"),
        ("440300195602290018", "check character"),
    ],
)
def test_a_wrong_number_names_field_rule_and_remedy_and_never_itself(number: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        check_id_number(number, field="applicant_id_number")
    error = caught.value
    assert error.field == "applicant_id_number"
    assert says in error.rule.en
    assert error.rule.zh
    assert error.remedy.zh
    assert error.remedy.en
    shown = str(error) + error.text.zh + "".join(traceback.format_exception_only(error))
    assert not number or number not in shown


@pytest.mark.parametrize(("day", "is_born"), [(date(1956, 2, 28), False), (date(1956, 2, 29), True)])
def test_nobody_was_born_after_the_day_asked(day: date, is_born: bool) -> None:
    if is_born:
        assert check_id_number("440300195602290019", on=day)
    else:
        with pytest.raises(InputError):
            check_id_number("440300195602290019", on=day)


def test_every_other_check_character_is_refused() -> None:
    taken = []
    for character in "0123456789X":
        try:
            taken.append(check_id_number("11010519491231002" + character))
        except InputError:
            continue
    assert taken == ["11010519491231002X"]
