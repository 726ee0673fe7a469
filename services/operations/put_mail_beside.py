from collections.abc import Sequence

from services.mail.parsed import Address, MailFile, MailKind, ParsedMail
from services.models import InboundMail, Message, MessageMail
from services.operations.mail_files import keep_files
from services.operations.mail_sender import is_our_mailbox
from services.operations.note_mail_id import note_mail_id


def put_mail_beside(
    *,
    message: Message,
    mail: InboundMail,
    parsed: ParsedMail,
    author: Address | None,
    files: Sequence[MailFile],
    is_stranger: bool = False,
) -> MessageMail:
    """Keep beside a message what its mail has beyond the text, and remember its Message-ID, so that what answers it is
    found. Where the next answer goes is told by the mail of those who take part: a stranger's, or a machine's, does not
    turn the conversation away from the customer."""
    pictures = keep_files(message=message, files=files, at=mail.received_at)
    beside = MessageMail.objects.create(
        message=message,
        folded=parsed.folded if parsed.text.strip() else "",
        html=parsed.html,
        sender=author.address if author else None,
        copies="\n".join(_copied(parsed, author)),
        is_stranger=is_stranger,
        pictures=pictures,
    )
    if parsed.message_id:
        may_turn = not is_stranger and not message.is_automatic and author is not None
        note_mail_id(
            value=parsed.message_id,
            ticket=message.ticket,
            message=message,
            is_ours=False,
            at=message.at,
            mailbox=mail.mailbox,
            address=_answered_at(parsed, author) if may_turn and author else None,
        )
    return beside


def _answered_at(parsed: ParsedMail, author: Address) -> str:
    asked_for = next((each for each in parsed.reply_to if not is_our_mailbox(each.address)), author)
    return author.address if parsed.kind == MailKind.LIST else asked_for.address


def _copied(parsed: ParsedMail, author: Address | None) -> list[str]:
    others = (each.address for each in (*parsed.to, *parsed.cc) if not is_our_mailbox(each.address))
    return [each for each in dict.fromkeys(others) if author is None or each != author.address][:50]
