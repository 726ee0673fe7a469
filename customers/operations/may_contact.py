"""Whether we may write to or call a customer, and what they said that decides it.

Nobody writes to a tombstone. Of whoever restricted the processing of their data (GDPR art. 18, PIPL art. 44) the data
may only be kept: service messages are allowed, all else is not, whatever they said. An objection to marketing (GDPR
art. 21(2)) is a no to it for any channel, like a withdrawn consent (GDPR art. 7(3), PIPL art. 15).

The rule for everybody else, for a purpose (marketing, surveys ...) and a channel (e-mail, phone ...):

1. Of what was said about one purpose and channel, the newest holds. Of one moment, what was put down last.
2. Who said no to a purpose for any channel is not contacted for it, whatever they said of single channels, before or
   after: only a newer word about any channel lifts that. It is the safe side, and one word undoes it.
3. Else a no to this channel holds, whatever was said of any channel.
4. Else a yes to this channel, or to any channel, allows it.
5. Nothing was said: service messages (about what they bought or asked) are allowed, all else is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.choices import ConsentChannel, ConsentPurpose, ContactKind
from customers.models import Consent, Customer

ALLOWED_UNASKED = {ConsentPurpose.SERVICE}
CHANNELS = tuple(channel for channel in ConsentChannel if channel != ConsentChannel.ANY)
# By which channel a contact point is used.
CHANNEL_OF = {
    ContactKind.EMAIL: ConsentChannel.EMAIL,
    ContactKind.PHONE: ConsentChannel.PHONE,
    ContactKind.MESSENGER: ConsentChannel.MESSENGER,
    ContactKind.ADDRESS: ConsentChannel.POST,
}

Statements = dict[tuple[str, str], Consent]
"""What holds: the newest statement by purpose and channel."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it is allowed, and the statement that decides (None: nothing was said, or a flag decides)."""

    allowed: bool
    decided_by: Consent | None
    barred_by: str = ""
    """`restricted` or `erased`: what the customer is, where that decides."""


def may_contact(*, customer: Customer, purpose: str, channel: str, at: datetime) -> bool:
    """Whether a customer may be contacted at this moment, by the rule above. One query."""
    if barred := barred_answer(customer, purpose):
        return barred.allowed
    said = Consent.objects.filter(customer=customer, purpose=purpose, at__lte=at)
    return answer(statements_in_force(said), purpose=purpose, channel=channel).allowed


def statements_in_force(rows: Iterable[Consent]) -> Statements:
    """What holds of everything that one customer said."""
    return {(row.purpose, row.channel): row for row in sorted(rows, key=lambda row: (row.at, row.pk))}


def answer(statements: Statements, *, purpose: str, channel: str) -> Answer:
    """What follows for a purpose and a channel from what holds."""
    of_any, of_this = statements.get((purpose, ConsentChannel.ANY)), statements.get((purpose, channel))
    for said in of_any, of_this:
        if said is not None and not said.is_given:
            return Answer(False, said)
    said = of_this or of_any
    return Answer(True, said) if said else Answer(purpose in ALLOWED_UNASKED, None)


def barred_answer(customer: Customer, purpose: str) -> Answer | None:
    """The answer where it does not depend on what was said; None where it does."""
    if customer.erased_at is not None:
        return Answer(False, None, "erased")
    if customer.restricted_at is not None and purpose not in ALLOWED_UNASKED:
        return Answer(False, None, "restricted")
    return None
