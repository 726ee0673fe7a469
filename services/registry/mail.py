"""The register: mailboxes, and the mail that goes through them."""

from customers.registry import Entry, direct, free, indirect, none, staff
from customers.registry.terms import Purpose, Retention
from services.registry.tickets import OF_TICKET

ENTRIES = (
    Entry(
        "services.Mailbox",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version name address sender_name names_agent queue is_default language is_active acknowledges"),
            none("quotes login token_url client_id client_secret refresh_token oauth_scope"),
            none("fetch_method fetch_host fetch_port fetch_security fetch_user fetch_secret fetch_folder"),
            none("send_host send_port send_security send_user send_secret access_token access_expires_at"),
            none("uid_validity last_uid fetched_at fetch_error fetch_failures fetch_due_at fetch_token"),
            none("fetch_lease_until sent_at send_error send_failures send_paused_until"),
        ),
    ),
    Entry(
        "services.OutboundMail",
        Purpose.DESK,
        Retention.TEXTS,
        (
            none("id state token lease_until attempts key mailbox purpose message is_automatic internet_id problem"),
            indirect("customer written_at due_at sent_at bounced_at"),
            direct("recipient recipient_index in_reply_to references"),
            free("subject body"),
            staff("user sender_name"),
        ),
        about=("customer", *(f"message__{path}" for path in OF_TICKET)),
        is_deleted=True,
    ),
    Entry(
        "services.Enclosure",
        Purpose.DESK,
        Retention.DAYS,
        (none("id mail content_type size"), free("name path"), indirect("at")),
        about=("mail__customer",),
        is_deleted=True,
    ),
    Entry(
        "services.MailTemplate",
        Purpose.RUN,
        Retention.USE,
        (none("id version event language subject body is_active"),),
    ),
    Entry(
        "services.MailId",
        Purpose.DESK,
        Retention.TEXTS,
        (none("id ticket message is_ours mailbox"), direct("digest value address"), indirect("at")),
        about=OF_TICKET,
        is_deleted=True,
    ),
    Entry(
        "services.InboundMail",
        Purpose.DESK,
        Retention.TEXTS,
        (
            none(
                "id state token lease_until attempts mailbox size is_cut uid_validity uid due_at outcome reason error"
            ),
            none("ticket message outbound"),
            indirect("received_at filed_at"),
            direct("digest identity sender sender_index"),
            free("path subject"),
        ),
        about=(*OF_TICKET, "message__customer", *(f"message__{path}" for path in OF_TICKET)),
        is_deleted=True,
    ),
    Entry(
        "services.MessageMail",
        Purpose.DESK,
        Retention.TEXTS,
        (none("id message is_stranger pictures"), free("folded html"), direct("sender copies")),
        about=(*(f"message__{path}" for path in OF_TICKET), "message__customer"),
        is_deleted=True,
    ),
)
