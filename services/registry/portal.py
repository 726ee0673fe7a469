"""The register: web forms, what came in by them, and who logs in to the portal."""

from customers.registry import Entry, direct, free, indirect, none, staff
from customers.registry.terms import Purpose, Retention
from services.registry.tickets import OF_TICKET

ENTRIES = (
    Entry(
        "services.WebForm",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version name slug queue service_type title intro asks_name asks_subject asks_phone takes_files"),
            none("languages origins in_portal is_active"),
        ),
    ),
    Entry(
        "services.WebFormSubmission",
        Purpose.DESK,
        Retention.WEB_FORMS,
        (
            none("id form state score reasons attempts ticket"),
            direct("identity email name phone email_index text_index origin_index"),
            free("subject body"),
            indirect("received_at language customer decided_at"),
            staff("decided_by"),
        ),
        about=("customer", *OF_TICKET),
        is_deleted=True,
    ),
    Entry(
        "services.WebFormFile",
        Purpose.DESK,
        Retention.WEB_FORMS,
        (none("id submission content_type size sha256"), free("name path")),
        about=("submission__customer",),
        is_deleted=True,
    ),
    Entry(
        "services.PortalLogin",
        Purpose.DESK,
        Retention.DAYS,
        (none("id"), direct("digest email_index"), indirect("customer asked_at expires_at used_at")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "services.PortalSession",
        Purpose.DESK,
        Retention.DAYS,
        (none("id"), direct("digest email_index"), indirect("customer begun_at seen_at")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "services.PortalReceipt",
        Purpose.DESK,
        Retention.TEXTS,
        (none("id message"), indirect("digest")),
        about=tuple(f"message__{path}" for path in OF_TICKET),
        is_deleted=True,
    ),
)
