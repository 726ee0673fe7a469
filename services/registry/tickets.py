"""The register: tickets, what was said in them, and what customers said of them."""

from customers.registry import Entry, direct, free, indirect, none, staff
from customers.registry.terms import EVIDENCE, FIGURES, LINK, OnErasure, Purpose, Retention

OF_TICKET = ("ticket__customer", "ticket__requester")

ENTRIES = (
    Entry(
        "services.Ticket",
        Purpose.DESK,
        Retention.TEXTS,
        (
            none("id version source queue team policy parent merged_into"),
            indirect("customer requester", keep=LINK),
            indirect("number service_type channel priority status created_at updated_at", keep=FIGURES),
            indirect("first_replied_at first_reply_seconds first_reply_due_at first_reply_breached_at", keep=EVIDENCE),
            indirect("next_reply_due_at next_reply_breached_at solved_at resolution_seconds", keep=EVIDENCE),
            indirect("resolution_due_at resolution_breached_at reopen_count", keep=EVIDENCE),
            direct("source_id", OnErasure.NULL),
            free("subject", OnErasure.TOMBSTONE),
            free("attributes", OnErasure.EMPTY),
            staff("assignee"),
        ),
        about=("customer", "requester"),
    ),
    Entry(
        "services.Message",
        Purpose.DESK,
        Retention.TEXTS,
        (
            none("id ticket kind is_automatic delivery_status"),
            indirect("customer", keep=LINK),
            indirect("direction at", keep=EVIDENCE),
            free("body", OnErasure.TOMBSTONE),
            staff("author"),
        ),
        about=(*OF_TICKET, "customer"),
    ),
    Entry(
        "services.TicketWords",
        Purpose.DESK,
        Retention.TEXTS,
        (none("ticket"), free("words", OnErasure.DERIVED)),
        about=OF_TICKET,
    ),
    Entry(
        "services.TicketEvent",
        Purpose.DESK,
        Retention.FIGURES,
        (
            none("id ticket"),
            indirect("kind at recorded_at status_after", keep=EVIDENCE),
            free("data", OnErasure.REDACT),
            staff("actor"),
        ),
        about=OF_TICKET,
    ),
    # Words that two tickets or more have, by weight; learned anew every night from texts as they stand then.
    Entry(
        "services.TriageModel",
        Purpose.DESK,
        Retention.NIGHT,
        (none("id target learned_at tickets right among_three commonest off"), free("content", OnErasure.DERIVED)),
    ),
    Entry("services.IrregularStep", Purpose.RUN, Retention.DAY, (none("id ticket status_from status_to"),)),
    Entry(
        "services.Attachment",
        Purpose.DESK,
        Retention.TEXTS,
        (
            none("id key ticket message kind content_type size sha256"),
            free("name path"),
            indirect("at"),
            staff("uploaded_by"),
        ),
        about=(*OF_TICKET, "message__customer"),
        is_deleted=True,
    ),
    Entry(
        "services.SatisfactionRating",
        Purpose.PROFILE,
        Retention.FIGURES,
        (
            none("id source"),
            indirect("customer", keep=LINK),
            indirect("ticket order scale value at recorded_at replaced_by", keep=EVIDENCE),
            direct("source_id", OnErasure.NULL),
            free("comment", OnErasure.EMPTY),
        ),
        about=("customer", *OF_TICKET, "order__customer"),
    ),
    Entry(
        "services.RatingRequest",
        Purpose.PROFILE,
        Retention.FIGURES,
        (
            none("id ticket rating"),
            indirect("customer", keep=LINK),
            indirect("requested_at expires_at opened_at answered_at", keep=FIGURES),
        ),
        about=("customer", *OF_TICKET),
    ),
    Entry(
        "services.TicketLink",
        Purpose.DESK,
        Retention.FIGURES,
        (none("id from_ticket to_ticket kind created_at"), staff("created_by")),
    ),
    Entry(
        "services.TicketMerge",
        Purpose.DESK,
        Retention.FIGURES,
        (none("id kept gone at status_before undone_at"), free("moved", OnErasure.REDACT), staff("by undone_by")),
        about=("kept__customer", "kept__requester", "gone__customer", "gone__requester"),
    ),
    Entry(
        "services.TimeEntry",
        Purpose.DESK,
        Retention.FIGURES,
        (
            none("id ticket"),
            indirect("minutes at", keep=FIGURES),
            free("note", OnErasure.EMPTY),
            staff("user"),
        ),
        about=OF_TICKET,
    ),
    Entry(
        "services.Draft",
        Purpose.DESK,
        Retention.DAYS,
        (none("id ticket kind"), free("body"), indirect("updated_at"), staff("user")),
        about=OF_TICKET,
        is_deleted=True,
    ),
    Entry(
        "services.Presence",
        Purpose.DESK,
        Retention.DAY,
        (none("id ticket mode"), indirect("seen_at"), staff("user")),
        about=OF_TICKET,
        is_deleted=True,
    ),
    Entry(
        "services.Escalation",
        Purpose.DESK,
        Retention.FIGURES,
        (
            none("id ticket step"),
            indirect("since at", keep=EVIDENCE),
            free("outcome", OnErasure.REDACT),
        ),
        about=OF_TICKET,
    ),
    Entry(
        "services.RuleFiring",
        Purpose.DESK,
        Retention.FIGURES,
        (
            none("id rule rule_name ticket event key outcome matched actions chain error"),
            indirect("since at", keep=EVIDENCE),
        ),
        about=OF_TICKET,
    ),
    Entry(
        "services.Notification",
        Purpose.DESK,
        Retention.USE,
        (none("id ticket kind key"), free("detail"), indirect("at read_at"), staff("user")),
        about=OF_TICKET,
        is_deleted=True,
    ),
)
