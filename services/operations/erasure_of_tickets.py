"""What the erasure of a person must know of tickets."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import ngettext

from customers.operations.erasure_hindrances import register_hindrance
from customers.operations.person_files import register_files
from services.models import Attachment, Enclosure, InboundMail, Ticket
from services.operations.attachment_files import content_of, forget_content, stored_file


def unsolved_tickets(ids: Sequence[int]) -> Iterator[str]:
    """While they ask for something, they must be answered."""
    waiting = Ticket.objects.unsolved().filter(Q(customer__in=ids) | Q(requester__in=ids)).count()
    if waiting:
        text = ngettext(
            "%(count)d ticket is not solved: solve it first (GDPR art. 17(1)(a): still needed).",
            "%(count)d tickets are not solved: solve them first (GDPR art. 17(1)(a): still needed).",
            waiting,
        )
        yield text % {"count": waiting}


def forget_with_transaction(path: str) -> None:
    """Delete the file of an attachment once the transaction has ended well."""
    transaction.on_commit(partial(forget_content, path))


def register_erasure_of_tickets() -> None:
    """Make known what keeps a person from being erased, and where the files of tickets lie."""
    register_hindrance(unsolved_tickets)
    for model in (Attachment, Enclosure, InboundMail):
        register_files(model._meta.label, lambda row: stored_file(row.path), lambda row: content_of(row.path))
