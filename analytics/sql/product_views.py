"""What customers looked at: events that name a product, read of a range of customers, or summed by week for all."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, Max, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from analytics.behaviour.views import LISTS, NAMES, is_interest, named_product
from analytics.demand.calendar import Offset
from analytics.models import Event, EventName
from analytics.sql.demand_sums import Step
from analytics.sql.epoch import Epoch, seconds
from analytics.sql.whose import Whose
from customers.models import User

_FETCHED_AT_ONCE = 20_000


class ViewRow(NamedTuple):
    """One view. product: what the event calls it."""

    customer_id: int
    product: str
    source_id: int
    at: float  # seconds since 1970


class SeenView(NamedTuple):
    """One view, as a person is told of it."""

    event: UUID
    at: datetime
    name: str
    product: str
    source_id: int


class ViewsRow(NamedTuple):
    """How often a product was looked at in a step."""

    product: str
    source_id: int
    step: int
    number: int


def product_views(*, whose: Whose, since: datetime, as_of: datetime) -> Iterator[ViewRow]:
    """The views of these customers after `since` and up to a moment.

    One statement a chunk. The database looks for the names among the properties, so that events that name no product
    are not sent, and of the others a dozen short texts are and not their properties; which of the texts counts is said
    in one place, in Python, for all three databases."""
    rows = _views(since, as_of).filter(whose.at("identity__customer"))
    columns = ("identity__customer_id", "source_id", Epoch("at"))
    for who, source, at, *found in rows.values_list(*columns, *_texts()).iterator(chunk_size=_FETCHED_AT_ONCE):
        if product := named_product(found):
            yield ViewRow(who, product, source, seconds(at))


def views_seen(*, customer_id: int, user: User, since: datetime, as_of: datetime) -> Iterator[SeenView]:
    """The same of one customer, newest first, as far as the user may see them."""
    rows = _views(since, as_of).filter(identity__customer=customer_id).visible_to(user).order_by("-at", "-pk")
    for pk, at, name, source, *found in rows.values_list("pk", "at", "name__name", "source_id", *_texts()):
        if product := named_product(found):
            yield SeenView(pk, at, name, product, source)


def last_recorded_views(*, whose: Whose, since: datetime, as_of: datetime) -> dict[int, datetime]:
    """When the last of those views was recorded, by customer."""
    rows = _views(since, as_of).filter(whose.at("identity__customer")).values("identity__customer_id")
    return dict(rows.annotate(last=Max("recorded_at")).values_list("identity__customer_id", "last"))


def views_by_step(*, since: datetime, until: datetime, zone: Sequence[Offset], days: int) -> Iterator[ViewsRow]:
    """How often each product was looked at, by anybody, from `since` on and before `until`.

    Grouped by the database: of many millions of views it sends the weeks of the products alone."""
    rows: Any = _interesting().filter(at__gte=since, at__lt=until)
    texts = {f"text_{number}": text for number, text in enumerate(_texts())}
    counted = rows.annotate(step=Step("at", zone, days), **texts).values("step", "source_id", *texts)
    for row in counted.annotate(number=Count("pk")).iterator(_FETCHED_AT_ONCE):
        if product := named_product(row[name] for name in texts):
            yield ViewsRow(product, row["source_id"], row["step"], row["number"])


def _views(since: datetime, as_of: datetime) -> Any:
    return _interesting().filter(at__gt=since, at__lte=as_of)


def _interesting() -> Any:
    """Events that name a product and are no purchase, return or mere showing."""
    names = EventName.objects.order_by().values_list("pk", "name")
    others = [pk for pk, name in names if not is_interest(name)]
    rows = Event.objects.order_by().filter(properties__has_any_keys=[*NAMES, *LISTS])
    return rows.exclude(name__in=others) if others else rows


def _texts() -> list[Any]:
    """The values that may name the product, in the order in which they are believed."""
    found: list[Any] = [KeyTextTransform(name, "properties") for name in NAMES]
    for name, keys in LISTS.items():
        first = KeyTransform("0", KeyTransform(name, "properties"))
        only = {f"properties__{name}__1__isnull": True}
        found += [
            Case(When(then=KeyTextTransform(key, first), **only), default=None, output_field=CharField())
            for key in keys
        ]
    return found
