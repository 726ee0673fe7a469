from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.choices import CustomerKind
from customers.models import Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.clean_attributes import clean_attributes
from customers.operations.ensure_tags import ensure_tags, label_customers
from customers.operations.records import ContactRecord


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
) -> Customer:
    """Make a customer with the ways to reach it and, by name, its tags, which are made where they are missing. With
    `require_attributes`, the custom attributes that must be given are asked for.

    Raises BadAttributes; HasItAlready where two contact points are the same."""
    values = clean_attributes(kind=kind, values=attributes or {}, required=require_attributes)
    customer = Customer.objects.create(
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
    for point in contact_points:
        add_contact_point(
            customer=customer,
            kind=point.kind,
            value=point.value,
            label=point.label,
            is_primary=point.is_primary,
            at=at,
        )
    label_customers(pairs=[(customer.pk, tag.pk) for tag in ensure_tags(names=tags).values()])
    return customer
