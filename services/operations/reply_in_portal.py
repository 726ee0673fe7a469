from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from services.models import Message, Ticket
from services.operations.portal_receipts import receipt_for
from services.operations.public_uploads import Upload, attach_kept, keep_uploads
from services.operations.receive_message import receive_message


@transaction.atomic
def reply_in_portal(
    *, ticket: Ticket, customer: Customer, body: str, key: str, at: datetime, files: Sequence[Upload] = ()
) -> Message:
    """Take in what a customer wrote in the portal, as their mail is: a solved ticket opens again, after a closed one it
    goes on in a new one (`message.ticket` says where). The same page sent twice is one message.

    Raises FileRefused; nothing was written then."""
    receipt, is_new = receipt_for("reply", customer.pk, ticket.pk, key, body, files=files)
    if not is_new and receipt.message is not None:
        return receipt.message
    kept = keep_uploads(files)
    message = receive_message(ticket=ticket, body=body, by=None, at=at, customer=customer)
    attach_kept(message=message, files=kept, at=at)
    receipt.message = message
    receipt.save(update_fields=["message"])
    return message
