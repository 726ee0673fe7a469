from services.models import AssignmentRule
from services.operations.move_rule import move_rule
from services.tests.operations.agents import a_rule
from tests.cast import NOW


def names() -> list[str]:
    return [rule.name for rule in AssignmentRule.objects.order_by("position", "pk")]


def test_a_rule_is_moved_up_and_down(db: None) -> None:
    a_rule("A"), a_rule("B")
    third = a_rule("C")
    assert move_rule(rule=third, up=True, at=NOW).position == 20
    assert names() == ["A", "C", "B"]
    move_rule(rule=third, up=True, at=NOW)
    assert names() == ["C", "A", "B"]
    move_rule(rule=third, up=False, at=NOW)
    assert names() == ["A", "C", "B"]


def test_the_first_stays_first_and_the_last_last(db: None) -> None:
    first, last = a_rule("A"), a_rule("B")
    move_rule(rule=first, up=True, at=NOW)
    move_rule(rule=last, up=False, at=NOW)
    assert names() == ["A", "B"]
    assert set(AssignmentRule.objects.values_list("version", flat=True)) == {1}
