from services.admin import (
    agents,
    assignment_rules,
    calendars,
    channels,
    desk_views,
    macros,
    policies,
    queues,
    rating_requests,
    ratings,
    ticket_attributes,
    tickets,
)

__all__ = [
    "agents",
    "assignment_rules",
    "calendars",
    "channels",
    "desk_views",
    "macros",
    "policies",
    "queues",
    "rating_requests",
    "ratings",
    "ticket_attributes",
    "tickets",
]
