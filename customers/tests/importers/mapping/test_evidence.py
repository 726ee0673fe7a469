import pytest

from customers.importers.mapping.evidence import TypeEvidence
from customers.operations.ensure_attributes import NewAttribute


def concluded(column: str, values: list[str], *, type: str = "", order: str = "") -> NewAttribute | None:
    evidence = TypeEvidence(NewAttribute("code", column, type=type), column)
    for value in values:
        evidence.of_kind("person").add(value)
    return evidence.conclusion(order)


@pytest.mark.parametrize(
    ("column", "values", "type"),
    [
        ("Employees", ["5", "1,200", "0"], "number"),
        ("Score", ["1.50", "-3"], "number"),
        ("Employees", ["1", "0", "1"], "number"),
        ("Score", ["1e9"], "text"),
        ("Is member", ["1", "0"], "yes_no"),
        ("IsMember", ["1"], "yes_no"),
        ("Member", ["yes", "No"], "yes_no"),
        ("会员", ["是", "否"], "yes_no"),
        ("Postal code", ["10115", "04109"], "text"),
        ("Serial", ["007", "12"], "text"),
        ("Account No", ["1", "2"], "text"),
        ("Steuer-Nr.", ["12", "13"], "text"),
        ("Long", ["1234567890123456"], "text"),
        ("Since", ["2026-01-31", "2025-12-01"], "date"),
        ("Since", ["31.01.2026"], "date"),
        ("Since", ["31/01/2026", "03/04/2026"], "date"),
        ("Since", ["03/04/2026"], "text"),
        ("Seen", ["2026-01-31T10:00:00"], "text"),
        ("Year", ["2026"], "number"),
        ("Level", ["Gold", "Silver"] * 10, "choice"),
        ("Level", ["Gold", "Silver"], "text"),
        ("Level", [f"L{n}" for n in range(40)], "text"),
        ("Note", ["a", "b", "a"], "text"),
    ],
)
def test_the_whole_column_decides(column: str, values: list[str], type: str) -> None:
    found = concluded(column, values)
    assert found is not None
    assert found.type == type


def test_a_list_of_choices_has_those_of_the_file() -> None:
    found = concluded("Level", ["b", "a"] * 10)
    assert found is not None
    assert found.choices == ("a", "b")


def test_one_value_that_does_not_fit_makes_it_text() -> None:
    found = concluded("Score", [*map(str, range(500)), "n/a"])
    assert found is not None
    assert found.type == "text"


def test_people_may_say_how_dates_are_written() -> None:
    found = concluded("Since", ["03/04/2026"], order="day")
    assert found is not None
    assert found.type == "date"


def test_a_column_without_values_makes_no_attribute_even_where_its_type_is_known() -> None:
    assert concluded("x", []) is None
    assert concluded("x", [], type="number") is None


def test_values_of_both_kinds_of_customers_make_it_an_attribute_of_both() -> None:
    evidence = TypeEvidence(NewAttribute("code", "x", type=""), "x")
    evidence.of_kind("person").add("1")
    evidence.of_kind("organisation")
    found = evidence.conclusion()
    assert found is not None
    assert found.kind == "person"
    evidence.of_kind("organisation").add("2")
    found = evidence.conclusion()
    assert found is not None
    assert found.kind == ""
