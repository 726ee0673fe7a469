"""The register: how the desk is set up."""

from customers.registry import Entry, free, none, staff
from customers.registry.terms import OnErasure, Purpose, Retention

ENTRIES = (
    Entry("services.Calendar", Purpose.RUN, Retention.USE, (none("id version name time_zone hours"),)),
    Entry("services.Holiday", Purpose.RUN, Retention.USE, (none("id calendar date name"),)),
    Entry(
        "services.Queue",
        Purpose.RUN,
        Retention.USE,
        (none("id version name team calendar typical_reply_seconds close_after_days reopen_days"),),
    ),
    Entry("services.Skill", Purpose.RUN, Retention.USE, (none("id version name"),)),
    Entry("services.ServiceType", Purpose.RUN, Retention.USE, (none("id version code name skills"),)),
    Entry(
        "services.SLAPolicy",
        Purpose.RUN,
        Retention.USE,
        (none("id version name position is_active queue service_type priority segment"),),
    ),
    Entry(
        "services.SLATarget",
        Purpose.RUN,
        Retention.USE,
        (none("id policy priority first_reply_minutes next_reply_minutes resolution_minutes"),),
    ),
    Entry(
        "services.Agent",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id version is_active capacity"),
            staff("user name extension skills away_from away_until last_assigned_at"),
        ),
    ),
    Entry(
        "services.AssignmentRule",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version name position is_active queue service_type priority channel segment method skills"),
            staff("agent agents"),
        ),
    ),
    Entry(
        "services.EscalationStep",
        Purpose.RUN,
        Retention.USE,
        (none("id version policy clock minutes action"), staff("agent")),
    ),
    Entry(
        "services.Rule",
        Purpose.DESK,
        Retention.USE,
        (
            none("id version name position is_active trigger events anchor minutes in_business_time stops"),
            none("looked_at looked_up_to"),
            free("conditions actions", OnErasure.REDACT),
        ),
    ),
    Entry("services.WaitingEvent", Purpose.RUN, Retention.DAY, (none("event ticket chain due_at attempts"),)),
    Entry(
        "services.TicketAttribute",
        Purpose.RUN,
        Retention.USE,
        (none("id version code name type choices is_required position service_type"),),
    ),
    Entry(
        "services.Macro",
        Purpose.DESK,
        Retention.USE,
        (
            none("id version name position is_active team kind status_after priority takes_ticket"),
            free("body", OnErasure.REDACT),
            staff("owner"),
        ),
    ),
    Entry(
        "services.MessagingChannel",
        Purpose.DESK,
        Retention.USE,
        (none("id version key name adapter webhook queue signature inbound_secret prefix mapping is_active"),),
    ),
    Entry(
        "services.ChatWidget",
        Purpose.DESK,
        Retention.USE,
        (none("id version key name queue calendar origins greetings colour is_active"),),
    ),
    Entry(
        "services.DeskView",
        Purpose.DESK,
        Retention.USE,
        (
            none("id version name position ordering"),
            free("filters", OnErasure.REDACT),
            staff("owner"),
        ),
    ),
    Entry(
        "services.KnowledgeArticle",
        Purpose.RUN,
        Retention.USE,
        (none("id version slug state audience service_type queue published_at"),),
    ),
    Entry(
        "services.ArticleText",
        Purpose.RUN,
        Retention.USE,
        (none("id article language title body title_words words"),),
    ),
    # Of nobody known: see ArticleVote. What a reader writes beside a vote may name them all the same.
    Entry(
        "services.ArticleVote",
        Purpose.DESK,
        Retention.USE,
        (none("id article voter is_helpful language voted_at"), free("comment", OnErasure.REDACT)),
    ),
)
