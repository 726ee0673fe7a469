from services.admin import (
    agents,
    assignment_rules,
    calendars,
    desk_views,
    macros,
    policies,
    queues,
    rating_requests,
    ratings,
    ticket_attributes,
    tickets,
    triage,
)

__all__ = [
    "agents",
    "assignment_rules",
    "calendars",
    "desk_views",
    "macros",
    "policies",
    "queues",
    "rating_requests",
    "ratings",
    "ticket_attributes",
    "tickets",
    "triage",
]
