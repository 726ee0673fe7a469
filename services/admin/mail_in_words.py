"""What became of a mail, in words."""

from django.utils.translation import gettext_lazy as _

from services.models import InboundMail

REASONS = {
    "duplicate": _("The same mail came before."),
    "own": _("It is mail of our own."),
    "bounce": _("A bounce of a mail that is not ours."),
    "delayed": _("Our mail is late and still being tried."),
    "auto_reply": _("An automatic answer that belongs to no ticket."),
    "too_many": _("This sender sent too many in an hour: it looks like a loop."),
    "stranger": _("From somebody who had no part in the ticket, to its reply address."),
    "related": _("It names a ticket in which its sender has no part: a ticket of its own."),
    "unreadable": _("It could not be read: the ticket carries it as it came."),
    "by_hand": _("Filed again by hand."),
}
TONES = {"waiting": "info", "message": "success", "ticket": "success", "bounce": "warning", "failed": "danger"}


def reason_in_words(mail: InboundMail) -> str:
    """Why, and after a failure which error it was; empty where there is nothing to say."""
    said = str(REASONS.get(mail.reason, mail.reason))
    return " ".join(part for part in (said, mail.error) if part)
