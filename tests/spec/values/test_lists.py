"""Lists"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_lists(rules: Rules) -> None:
    """A list is written in square brackets

    Two lists are equal when they are as long and equal in each place.
    """
    rules.gives("[1, 2, 3]", [1, 2, 3])
    rules.gives("[]", [])
    rules.gives("[1, 2] = [1, 2]", True)
    rules.gives("[1, 2] = [2, 1]", False)
    rules.gives("[1] = [1, 1]", False)
    rules.refuses("[1, 2", "character 6: ] is expected here, not the end")


def test_an_unknown_element_leaves_the_rest_of_the_list_known(rules: Rules) -> None:
    """Unknown elements

    A list with an unknown element is unknown as a whole, but not in what does not depend on that element.
    """
    rules.gives("[1, x]", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("count([1, x])", 2, {"x": unknown("number")})
    rules.gives("[1, x] = [2, 3]", False, {"x": unknown("number")})
    rules.gives("[1, x] = [1, 3]", nobody_knows("x"), {"x": unknown("number")})
