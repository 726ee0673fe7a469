"""What presets bring along: ticket attributes, skills, rules. Made once, and left as staff set them."""

import pytest

from services.choices import AssignmentMethod
from services.models import AssignmentRule, Queue, ServiceType, Skill, TicketAttribute
from services.operations.ensure_assignment_rule import ensure_assignment_rule
from services.operations.ensure_skills import ensure_skills
from services.operations.ensure_ticket_attributes import NewTicketAttribute, ensure_ticket_attributes
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_an_attribute_is_made_once_and_stays_as_staff_set_it() -> None:
    wanted = [NewTicketAttribute("serial", "Serial number", service_type="repair")]
    made = ensure_ticket_attributes(wanted=wanted)["serial"]
    assert made.service_type == ServiceType.objects.get(code="repair")
    TicketAttribute.objects.update(name="S/N", service_type=None)
    again = ensure_ticket_attributes(wanted=wanted)["serial"]
    assert (again.pk, again.name, again.service_type) == (made.pk, "S/N", None)


def test_an_attribute_of_an_unknown_service_type_is_refused() -> None:
    with pytest.raises(ServiceType.DoesNotExist):
        ensure_ticket_attributes(wanted=[NewTicketAttribute("x", "X", service_type="none")])


def test_a_rule_is_made_once_with_its_skills(queue: Queue) -> None:
    skills = ensure_skills(names=["Pumps", "Valves"])
    rule = ensure_assignment_rule(name="Pumps", queue=queue, skills=skills.values(), at=NOW)
    assert {skill.name for skill in rule.skills.all()} == {"Pumps", "Valves"}
    AssignmentRule.objects.update(method=AssignmentMethod.ROUND_ROBIN)
    again = ensure_assignment_rule(name="Pumps", skills=[], at=NOW)
    assert again.pk == rule.pk and again.method == AssignmentMethod.ROUND_ROBIN and again.skills.count() == 2
    ensure_skills(names=["Pumps"])
    assert Skill.objects.filter(name="Pumps").count() == 1
