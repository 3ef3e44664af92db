"""Lists"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

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


def test_an_element_at_its_place(rules: Rules) -> None:
    """list[place]

    Places count from 1, or from the end below 0; where there is nothing, null.
    """
    rules.gives("[10, 20, 30][1]", 10)
    rules.gives("[10, 20, 30][-1]", 30)
    rules.gives("[10, 20, 30][4]", None)
    rules.gives("[10, 20, 30][0]", None)
    rules.gives("numbers[1]", None, {"numbers": absent("list<number>")})
    rules.gives("numbers[1]", nobody_knows("numbers"), {"numbers": unknown("list<number>")})
    rules.gives("[10, 20][place]", nobody_knows("place"), {"place": unknown("number")})
    rules.gives("[10, 20][1.5]", nobody_knows(fault="a place in a list is a whole number"))
    rules.gives(
        "[10, 20][place]",
        nobody_knows(fault="a place in a list is a whole number"),
        {"place": absent("number")},
    )
    rules.gives("(if true then 1 else [1])[1]", nobody_knows(fault="a number is not a list"))
    rules.refuses("1[1]", "character 1: ‘1’ is a number, not a list")
    rules.refuses('[1]["a"]', 'character 5: ‘"a"’ is a string; a number is needed here')


def test_the_elements_for_which_something_holds(rules: Rules) -> None:
    """list[item …]

    A truth that reads `item` keeps the elements for which it holds. One for which nobody can say leaves the whole open.
    """
    rules.gives("[10, 20, 30][item > 15]", [20, 30])
    rules.gives("[10, 20, 30][item > 15][1]", 20)
    rules.gives("[10, null, 30][item > 15]", [30])
    rules.gives("[10, 20][item > least]", nobody_knows("least"), {"least": unknown("number")})
    rules.gives("count([10, x][item > 15])", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("for n in [1, 2] return count([1, 2, 3][item > n])", [2, 1])
    rules.refuses("[1, 2][item + 1]", "character 8: ‘item + 1’ is a number; a boolean is needed here")


def test_records(rules: Rules) -> None:
    """Records of a source

    A fact may be a list of records, whose fields are declared with it; a field is read after a dot.
    """
    degrees = [{"level": "硕士", "year": 2026}, {"level": "学士", "year": 2023}]
    rules.gives('degrees[item.level = "学士"][1].year', 2023, {"degrees": degrees})
    rules.gives("some d in degrees satisfies d.year >= 2026", True, {"degrees": degrees})
    rules.gives("degrees[1] = degrees[1]", True, {"degrees": degrees})
    rules.gives("degrees[3].year", None, {"degrees": degrees})
    rules.gives("degrees[2].year", None, {"degrees": [{"year": 1}, {"year": None}]})
    rules.refuses(
        "degrees[1].colour",
        "character 1: ‘degrees[1]’ is a context<level: string, year: number>, which has no part colour",
        {"degrees": degrees},
    )
