"""Who knows what, who is away, and the rules by which the demo company's tickets find their agent."""

from datetime import datetime, timedelta
from typing import Any

from crm.demo.staff import BY_QUEUE
from customers.models import Segment
from services.choices import AssignmentMethod
from services.models import Agent, Queue, ServiceType
from services.operations.ensure_assignment_rule import ensure_assignment_rule
from services.operations.ensure_skills import ensure_skills
from services.operations.set_away import set_away
from services.operations.write_with_sets import write_with_sets

REPAIRS, KEY_ACCOUNTS, BANKING, GERMAN, CHINESE = "Repair bench", "Key accounts", "Banking", "Deutsch", "中文"
# skill -> who has it: by queue, and by name
SKILLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    REPAIRS: (("Repairs", "中国维修"), ()),
    KEY_ACCOUNTS: (("VIP",), ("grace.nwosu",)),
    BANKING: (("Banking support", "Billing"), ()),
    GERMAN: (("Industry support",), ("daniel.frei", "nora.falk", "clara.voss")),
    CHINESE: (("中国服务", "中国维修"), ()),
}
CAPACITY = 40
AWAY, AWAY_SINCE, AWAY_FOR = "clara.voss", timedelta(days=2), timedelta(days=5)


def settle_assigning(*, at: datetime) -> None:
    """Give agents their skills and capacity, send one away, and make the rules."""
    skills = ensure_skills(names=SKILLS)
    has: dict[str, list[Any]] = {}
    for name, (queues, people) in SKILLS.items():
        for username in {person.username for queue in queues for person in BY_QUEUE[queue]} | set(people):
            has.setdefault(username, []).append(skills[name])
    for agent in Agent.objects.filter(user__username__in=has).select_related("user").order_by("pk"):
        changes = {"skills": has[agent.user.username], "capacity": CAPACITY}
        write_with_sets(row=agent, changes=changes, at=at)
    for agent in Agent.objects.filter(user__username=AWAY):
        set_away(agent=agent, away_from=at - AWAY_SINCE, away_until=at + AWAY_FOR, at=at)
    for repair in ServiceType.objects.filter(code="repair"):
        write_with_sets(row=repair, changes={"skills": [skills[REPAIRS]]}, at=at)
    segment = Segment.objects.filter(name="Important and unhappy").first()
    rules: list[dict[str, Any]] = [
        {"name": "Important and unhappy: who knows them", "segment": segment, "skills": [skills[KEY_ACCOUNTS]]},
        {
            "name": "Repairs: in turn",
            "queue": Queue.objects.get(name="Repairs"),
            "method": AssignmentMethod.ROUND_ROBIN,
        },
        {"name": "All others: who has least to do"},
    ]
    for position, rule in enumerate(rules, start=1):
        ensure_assignment_rule(position=10 * position, at=at, **rule)
