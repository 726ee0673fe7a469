from datetime import datetime

from services.mail.parsed import Bounce
from services.models import OutboundMail
from services.operations.fail_mail import fail_mail
from services.operations.note_mail_id import bracketed


def file_bounce(*, bounce: Bounce, at: datetime) -> OutboundMail | None:
    """Put down that a mail of ours came back, which its ticket shows and its author is told; returns that mail. One
    that is only late is left as it is, and one that came back before too. None where it is about no mail of ours."""
    if not bounce.message_id:
        return None
    mail = (
        OutboundMail.objects.select_related("message__ticket").filter(internet_id=bracketed(bounce.message_id)).first()
    )
    if mail is not None and bounce.is_final and mail.bounced_at is None:
        fail_mail(mail=mail, problem=f"bounce {bounce.status}".strip(), at=at, came_back=True)
    return mail
