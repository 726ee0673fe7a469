"""What a mail is once it was read: plain values, free of what databases and browsers cannot bear."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailKind(StrEnum):
    """What wrote it, as far as it shows."""

    PERSON = "person"
    AUTOMATIC = "automatic"  # a machine, about something of its own: an alarm, a receipt
    AUTO_REPLY = "auto_reply"  # a machine, in answer to a mail: out of office
    LIST = "list"  # sent to many
    BOUNCE = "bounce"  # a mail could not be delivered


@dataclass(frozen=True, slots=True)
class Address:
    """A name, which may be empty, and an address with exactly one @; the domain is in small letters."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file in the mail. `content_id`: how its HTML names it, where it does."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce says: which mail, to whom, the enhanced status (“5.1.1”), and whether it was given up."""

    message_id: str = ""
    recipient: str = ""
    status: str = ""
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail. Whatever it lacks is empty; ids of messages stand without their angle brackets.

    `text` is what was written, `folded` what it quotes and signs with; `html` is clean. `defects` are codes of what was
    wrong with it; `is_whole` is False where it could be read only as one piece of text."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[Address, ...] = ()
    has_null_sender: bool = False
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    folded: str = ""
    html: str = ""
    files: tuple[MailFile, ...] = ()
    kind: MailKind = MailKind.PERSON
    why: str = ""  # the header or the sign by which the kind was told
    bounce: Bounce | None = None
    candid: str = ""  # the header by which systems like this one know each other
    defects: tuple[str, ...] = field(default=())
    is_whole: bool = True

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody to whom it was addressed, or came."""
        return (*self.to, *self.cc, *self.delivered_to)

    @property
    def wants_no_answer(self) -> bool:
        """Whether a machine must not answer it."""
        return self.kind != MailKind.PERSON or self.has_null_sender or bool(self.candid)
