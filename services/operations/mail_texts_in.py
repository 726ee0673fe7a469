"""What a mail reads as in the conversation."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from services.mail.parsed import MailKind, ParsedMail

MOST_SUBJECT = 255


def subject_of(parsed: ParsedMail) -> str:
    """The subject of the ticket that it opens."""
    return parsed.subject[:MOST_SUBJECT] or _("Mail without a subject")


def body_of(parsed: ParsedMail, refused: Sequence[str], *, is_cut: bool) -> str:
    """What was written; then, of what could not be kept or read, each on a line."""
    notes = list(refused)
    if is_cut:
        most = settings.MAIL_MOST_BYTES // 1024**2
        notes.append(_("This mail was larger than %(mb)d MB: only its beginning was taken.") % {"mb": most})
    if not parsed.is_whole or parsed.defects:
        notes.append(_("Parts of this mail could not be read: see it as it came."))
    text = parsed.text.strip() or (parsed.folded.strip() if parsed.kind != MailKind.BOUNCE else "")
    text = text or _("This mail holds no text.")
    return "\n\n".join([text, *(["\n".join(notes)] if notes else [])])
