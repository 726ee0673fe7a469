from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import Direction, InteractionKind
from customers.models import Customer, Interaction, User
from customers.operations.log_interaction import log_interaction
from services.choices import Channel
from services.models import PhoneCall, Queue, Ticket
from services.operations.open_ticket import open_ticket


@transaction.atomic
def log_call(
    *,
    customer: Customer,
    subject: str,
    by: User,
    at: datetime,
    direction: str = Direction.INBOUND,
    note: str = "",
    happened_at: datetime | None = None,
    seconds: int | None = None,
    queue: Queue | None = None,
    call: PhoneCall | None = None,
) -> tuple[Interaction, Ticket | None]:
    """Put a call on the customer's timeline and, with a queue, open a ticket of it, whose first message is the note.

    `call`: the one that the telephone told of. What it wrote down of it when it ended is filled in, not doubled."""
    interaction = _of_call(call, customer)
    if interaction is None:
        interaction = log_interaction(
            customer=customer,
            kind=InteractionKind.CALL,
            direction=direction,
            subject=subject,
            body=note,
            author=by,
            happened_at=happened_at,
            seconds=seconds,
            at=at,
        )
        if call is not None:
            call.customer, call.interaction = customer, interaction
            call.save(update_fields=["customer", "interaction"])
    else:
        interaction.subject, interaction.body, interaction.author = subject, note, by
        interaction.seconds = interaction.seconds if seconds is None else seconds
        interaction.save_checked(update_fields=["subject", "body", "author", "seconds"])
    if queue is None:
        return interaction, None
    said = note or _("A call: %(subject)s") % {"subject": subject}
    ticket = open_ticket(
        customer=customer, subject=subject, body=said, queue=queue, channel=Channel.PHONE, by=by, at=at
    )
    return interaction, ticket


def _of_call(call: PhoneCall | None, customer: Customer) -> Interaction | None:
    """The interaction that the telephone made of the call, locked."""
    if call is None:
        return None
    locked = PhoneCall.objects.select_for_update().get(pk=call.pk)
    call.interaction = locked.interaction
    if locked.interaction is None or locked.interaction.customer_id != customer.pk:
        return None
    return Interaction.objects.select_for_update().get(pk=locked.interaction.pk)
