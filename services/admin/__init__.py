from services.admin import (
    agents,
    assignment_rules,
    calendars,
    desk_views,
    inbound_mail,
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
    "desk_views",
    "inbound_mail",
    "macros",
    "policies",
    "queues",
    "rating_requests",
    "ratings",
    "ticket_attributes",
    "tickets",
]
