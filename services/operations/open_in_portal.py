from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from services.choices import Channel
from services.models import Queue, Ticket, WebForm
from services.operations.ask_portal_link import portal_mailbox
from services.operations.open_ticket import open_ticket
from services.operations.portal_receipts import receipt_for
from services.operations.public_uploads import Upload, attach_kept, keep_uploads


class NowhereToOpen(Exception):
    """No web form is in the portal, and no mailbox sends: no queue is known. Nothing was written."""


@transaction.atomic
def open_in_portal(
    *,
    customer: Customer,
    subject: str,
    body: str,
    key: str,
    at: datetime,
    form: WebForm | None = None,
    files: Sequence[Upload] = (),
) -> Ticket:
    """Open a ticket of a customer who is logged in to the portal: in the queue of the web form that they chose, else in
    that of the mailbox through which log-in links go. The same page sent twice is one ticket.

    Raises NowhereToOpen, FileRefused; nothing was written then."""
    queue = queue_of_portal(form)
    receipt, is_new = receipt_for("open", customer.pk, key, form.pk if form else "", subject, body, files=files)
    if not is_new and receipt.message is not None:
        return receipt.message.ticket
    kept = keep_uploads(files)
    ticket = open_ticket(
        customer=customer,
        subject=subject,
        body=body,
        queue=queue,
        service_type=form.service_type if form else None,
        channel=Channel.PORTAL,
        by=None,
        at=at,
    )
    message = ticket.messages.order_by("pk")[0]
    attach_kept(message=message, files=kept, at=at)
    receipt.message = message
    receipt.save(update_fields=["message"])
    return ticket


def queue_of_portal(form: WebForm | None) -> Queue:
    """Where a ticket of the portal goes. Raises NowhereToOpen."""
    if form is not None:
        return form.queue
    mailbox = portal_mailbox()
    if mailbox is None:
        raise NowhereToOpen
    return mailbox.queue
