"""The company's tags in their colours, and the segments that its people have saved."""

from datetime import datetime
from typing import Any

from crm.demo.parties import KEY, NEWS, VIP
from customers.choices import TagColour
from customers.folding import fold
from customers.models import Segment, Tag, User
from customers.operations.create_segment import create_segment

COLOURS = {VIP: TagColour.AMBER, KEY: TagColour.GREEN, NEWS: TagColour.GREY}


def colour_tags() -> None:
    """Make the tags; those that are here are left as they are."""
    for name, colour in COLOURS.items():
        Tag.objects.get_or_create(folded=fold(name), defaults={"name": name, "colour": colour})


def settle_segments(*, at: datetime) -> None:
    """Save the segments, but for those whose name is taken."""
    owner = User.objects.filter(username="lead").first()
    for name, description, groups, match in _segments():
        if not Segment.objects.filter(name=name).exists():
            definition = {"match": match, "groups": [{"match": "all", "conditions": rows} for rows in groups]}
            create_segment(name=name, description=description, definition=definition, owner=owner, at=at)


def _segments() -> list[tuple[str, str, list[list[dict[str, Any]]], str]]:
    """Name, description, groups of conditions, and how the groups are joined."""
    tags = Tag.objects.filter(folded__in=[fold(VIP), fold(KEY)]).order_by("name")
    important = {"fact": "tag", "op": "one_of", "value": [tag.pk for tag in tags]}
    return [
        (
            "Important and unhappy",
            "VIPs and key accounts below the average score, or falling fast",
            [
                [important, {"fact": "score", "op": "at_most", "value": 45}],
                [important, {"fact": "score_change", "op": "at_most", "value": -5}],
            ],
            "any",
        ),
        (
            "Regulars who fell silent",
            "Five orders or more, none for half a year",
            [
                [
                    {"fact": "orders", "op": "at_least", "value": 5},
                    {"fact": "last_ordered", "op": "more_than_ago", "value": 180},
                ]
            ],
            "all",
        ),
        (
            "Late more than once",
            "Two tickets or more missed a target in the last 90 days",
            [[{"fact": "breached_tickets", "op": "at_least", "value": 2, "days": 90}]],
            "all",
        ),
        (
            "Small firms in Germany and Austria",
            "",
            [
                [
                    {"fact": "kind", "op": "is", "value": "organisation"},
                    {"fact": "country", "op": "one_of", "value": ["DE", "AT"]},
                    {"fact": "attribute.employees", "op": "one_of", "value": ["1-9", "10-49"]},
                ]
            ],
            "all",
        ),
    ]
