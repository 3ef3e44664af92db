"""What is refused

Always with the file and line of the rule, the place in the expression, and what would be right.
"""

from __future__ import annotations

from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_sentences_that_do_not_end(rules: Rules) -> None:
    """Sentences that do not end, or end twice"""
    rules.refuses("", "character 1: a value is expected here, not the end")
    rules.refuses("1 +", "character 4: a value is expected here, not the end")
    rules.refuses("1 2", "character 3: an operator or the end is expected here, not a number")
    rules.refuses("(1", "character 3: ) is expected here, not the end")
    rules.refuses("1 + then", "character 5: a value is expected here, not then")
    rules.refuses("1 # 2", "character 3: the sign # has no meaning here")


def test_functions_that_are_not_there(rules: Rules) -> None:
    """Functions that are not there, or take something else"""
    rules.refuses("decide(1)", "character 1: there is no function decide")
    rules.refuses("string length(1)", "character 1: string length takes (string), not (number)")
    rules.refuses("count()", "character 1: count takes (list<any>), not ()")
    rules.refuses("min([1], [2])", "character 5: ‘[1]’ is a list<number>, which has no order")
    rules.refuses("string length", "character 8: an operator or the end is expected here, not length")


def test_long_pieces_are_quoted_in_part(rules: Rules) -> None:
    """A long piece is quoted in part"""
    rules.refuses(
        f'not("{"a" * 50}")',
        f'character 5: ‘"{"a" * 38}…’ is a string; a boolean is needed here',
    )
