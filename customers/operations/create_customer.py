from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from customers.choices import CustomerKind
from customers.models import Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.clean_attributes import clean_attributes
from customers.operations.emit import emit
from customers.operations.ensure_tags import ensure_tags, label_customers
from customers.operations.events_of_customers import CREATED, told_of
from customers.operations.find_duplicates import Duplicate
from customers.operations.look_for_duplicates import duplicates_of, look_for_duplicates
from customers.operations.records import ContactRecord


class LooksLikeAnother(Exception):
    """The customer looks like others who are here, and the caller did not want one more. Nothing was written.

    `customer_ids`: those whom the user may see, likeliest first."""

    def __init__(self, customer_ids: Sequence[int]) -> None:
        self.customer_ids = list(customer_ids)
        self.members = {"duplicates": self.customer_ids}
        super().__init__(
            ngettext(
                "This looks like a customer who is here already.",
                "This looks like customers who are here already.",
                len(self.customer_ids),
            )
        )


@transaction.atomic
def create_customer(
    *,
    name: str,
    team: Team,
    at: datetime,
    kind: str = CustomerKind.PERSON,
    given_name: str = "",
    family_name: str = "",
    language: str = "",
    country: str = "",
    industry: str = "",
    owner: User | None = None,
    attributes: dict[str, Any] | None = None,
    contact_points: Iterable[ContactRecord] = (),
    tags: Iterable[str] = (),
    require_attributes: bool = False,
    refuse_duplicates_of: User | None = None,
) -> Customer:
    """Make a customer with the ways to reach it and, by name, its tags, which are made where they are missing. With
    `require_attributes`, the custom attributes that must be given are asked for. Where it looks like others who are
    here, the pairs go into the review queue; or it is refused, if `refuse_duplicates_of` is given and this user can
    see one of them.

    Raises BadAttributes; HasItAlready where two contact points are the same; LooksLikeAnother."""
    values = clean_attributes(kind=kind, values=attributes or {}, required=require_attributes)
    customer = Customer(
        name=name,
        kind=kind,
        given_name=given_name,
        family_name=family_name,
        language=language,
        country=country,
        industry=industry,
        team=team,
        owner=owner,
        attributes=values,
        created_at=at,
        last_activity_at=at,
    )
    points = list(contact_points)
    if refuse_duplicates_of is not None:
        _refuse(duplicates_of(customer=customer, contact_points=points), refuse_duplicates_of)
    customer.save(force_insert=True)
    for point in points:
        add_contact_point(
            customer=customer,
            kind=point.kind,
            value=point.value,
            label=point.label,
            is_primary=point.is_primary,
            at=at,
        )
    label_customers(pairs=[(customer.pk, tag.pk) for tag in ensure_tags(names=tags).values()])
    look_for_duplicates(customers=[customer], at=at)
    emit(event=CREATED.code, subject=customer, data=told_of(customer), at=at)
    return customer


def _refuse(duplicates: list[Duplicate], user: User) -> None:
    likeliest = [found.customer_id for found in duplicates]
    visible = set(Customer.objects.visible_to(user).filter(pk__in=likeliest).values_list("pk", flat=True))
    if visible:
        raise LooksLikeAnother([pk for pk in likeliest if pk in visible])
