"""Whose mail it is: the customer with the address, or one who is made."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from customers.choices import ContactKind, CustomerKind
from customers.encryption.blind_index import blind_index
from customers.models import Customer, ExternalId, Team
from customers.operations.create_customer import create_customer
from customers.operations.records import ContactRecord
from services.mail.parsed import Address, ParsedMail
from services.models import Mailbox
from services.operations.reply_addresses import ticket_of_address

# How the one customer of a team is known for whom mail of nobody counts.
MAIL, NOBODY = "mail", "nobody"


def index_of(address: str) -> str:
    """The blind index of an e-mail address."""
    return blind_index(ContactKind.EMAIL, address)


def is_our_mailbox(address: str) -> bool:
    """Whether it is the address of one of our mailboxes, plain or signed."""
    plain = address.lower()
    name, _at, domain = plain.rpartition("@")
    bare = f"{name.partition('+')[0]}@{domain}"
    ours = {each.lower() for each in Mailbox.objects.values_list("address", flat=True)}
    return plain in ours or bare in ours or ticket_of_address(address) is not None


def author_of(mail: ParsedMail) -> Address | None:
    """Who wrote it: whom it is from; where that is a mailbox of ours, as of a form on a web site, whom it says to
    answer. None where that leaves nobody, or us."""
    named = [mail.sender, *mail.reply_to] if mail.sender else list(mail.reply_to)
    return next((each for each in named if not is_our_mailbox(each.address)), None)


def customers_at(address: str) -> list[Customer]:
    """The customers who have this e-mail address, persons before organisations, the latest heard of first."""
    return customers_at_index(index_of(address))


def customers_at_index(index: str) -> list[Customer]:
    """The same, by the blind index of the address."""
    found = Customer.objects.filter(
        contact_points__kind=ContactKind.EMAIL,
        contact_points__blind_index=index,
        merged_into=None,
        erased_at=None,
    )
    first = Case(When(kind=CustomerKind.PERSON, then=Value(0)), default=Value(1))
    return list(found.order_by(first, "-last_activity_at", "pk").distinct())


def ensure_author(*, author: Address | None, team: Team, at: datetime, among: Collection[int] = ()) -> Customer:
    """The customer with the author's address: one of `among` first, then one of the team's, else one who is made, with
    the name that the mail gives. Mail of nobody counts for one customer of the team, who stands for all such."""
    if author is None:
        return _nobody(team, at)
    found = _found(author, team, among)
    if found is not None:
        return found
    with transaction.atomic():
        # One at a time: two mails of a new sender make one customer.
        list(Mailbox.objects.select_for_update().order_by("pk")[:1])
        found = _found(author, team, among)
        if found is not None:
            return found
        return create_customer(
            name=(author.name or author.address.partition("@")[0])[:255],
            team=team,
            at=at,
            contact_points=[ContactRecord(kind=ContactKind.EMAIL, value=author.address, is_primary=True)],
        )


def _found(author: Address, team: Team, among: Collection[int]) -> Customer | None:
    found = customers_at(author.address)
    found.sort(key=lambda customer: (customer.pk not in among, customer.team_id != team.pk))  # else as they came
    return found[0] if found else None


def _nobody(team: Team, at: datetime) -> Customer:
    with transaction.atomic():
        list(Mailbox.objects.select_for_update().order_by("pk")[:1])
        key = f"{NOBODY}:{team.pk}"
        known = ExternalId.objects.select_related("customer").filter(source=MAIL, source_id=key).first()
        if known is not None:
            return known.customer
        customer = create_customer(name=_("Unknown sender"), team=team, at=at)
        ExternalId.objects.create(customer=customer, source=MAIL, source_id=key)
        return customer
