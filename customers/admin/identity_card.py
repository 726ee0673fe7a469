"""Who a customer is: tags, custom attributes by name, last orders, and whether they may be here twice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from customers.choices import AttributeType, OrderStatus
from customers.models import CustomAttribute, Customer, DuplicatePair, Merge, Order, Tag
from customers.sql.united import Part, columns, moment

TAGS, ATTRIBUTES, DUPLICATES, MERGES, ORDERS = "tags", "attributes", "duplicates", "merges", "orders"
JUST_NOW = timedelta(minutes=1)
PAIRS_SHOWN, MERGES_SHOWN, ORDERS_SHOWN = 3, 5, 4
TONES = {OrderStatus.RETURNED: "bad", OrderStatus.CANCELLED: "bad", OrderStatus.DELIVERED: "good"}


@dataclass(frozen=True, slots=True)
class LastOrder:
    """One of the newest orders."""

    pk: int
    number: str
    status: str
    tone: str
    total: str
    ordered_at: datetime | None


def identity_parts(customer: Customer, request: HttpRequest) -> dict[str, Part]:
    """What the card reads beside the customer itself, for one query over all parts of the page."""
    user: Any = request.user
    parts = {
        TAGS: Part(Tag.objects.filter(customers=customer).order_by("name"), 100, columns("id", "name", "colour")),
        ATTRIBUTES: Part(
            CustomAttribute.objects.filter(kind__in=("", customer.kind)).order_by("position", "name", "id"),
            200,
            columns("code", "name", "type", "position"),
        ),
    }
    if user.has_perm("customers.view_order"):
        newest = Order.objects.visible_to(user).filter(customer=customer).order_by("-ordered_at", "-pk")
        parts[ORDERS] = Part(newest, ORDERS_SHOWN, columns("id", "number", "status", "total", "currency", "ordered_at"))
    if user.has_perm("customers.view_duplicatepair"):
        pairs = DuplicatePair.objects.visible_to(user).open().filter(Q(first=customer) | Q(second=customer))
        living = pairs.filter(first__merged_into=None, second__merged_into=None)
        parts[DUPLICATES] = Part(
            living.order_by("-score", "id"),
            PAIRS_SHOWN,
            columns("id", "score", "first", "second", first_name="first__name", second_name="second__name"),
        )
    if user.has_perm("customers.view_merge"):
        standing = Merge.objects.filter(kept=customer, undone_at=None).order_by("-pk")
        parts[MERGES] = Part(standing, MERGES_SHOWN, columns("id", "at", name="gone__name"))
    return parts


def identity_card(
    customer: Customer, rows: dict[str, list[dict[str, Any]]], request: HttpRequest, *, at: datetime
) -> dict[str, Any]:
    """The context, of what the parts found."""
    user: Any = request.user
    may_change = user.has_perm("customers.change_customer")
    return {
        "active_just_now": at - customer.last_activity_at < JUST_NOW,
        "tags": sorted(rows[TAGS], key=lambda tag: tag["name"].casefold()),
        "attributes": _attributes(customer, rows[ATTRIBUTES]),
        "duplicates": [_duplicate(pair, customer) for pair in sorted(rows.get(DUPLICATES, ()), key=_likeliest)],
        "merges": [
            {**row, "at": moment(row["at"])} for row in sorted(rows.get(MERGES, ()), key=lambda row: -row["id"])
        ],
        "may_merge": may_change and user.has_perm("customers.add_merge"),
        "may_undo_merges": may_change and user.has_perm("customers.change_merge"),
        "orders": [_order(row) for row in sorted(rows.get(ORDERS, ()), key=_newest, reverse=True)],
    }


def _attributes(customer: Customer, known: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """The custom attributes that have a value: name, value as people read it, and whether it is an address of the web.
    Those that no definition names (any more) come last, under their code."""
    values: dict[str, Any] = dict(customer.attributes or {})
    ordered = sorted(known, key=lambda row: (row["position"], row["name"]))
    named = [(row["name"], values.pop(row["code"]), row["type"]) for row in ordered if row["code"] in values]
    rest = [(code, value, "") for code, value in values.items()]
    return [
        (name, _value(value, type), _is_web(value)) for name, value, type in (*named, *rest) if value not in ("", None)
    ]


def _value(value: Any, type: str) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return str(number_format(value, force_grouping=True))
    if type == AttributeType.DATE and isinstance(value, str):
        try:
            return str(date_format(date.fromisoformat(value), "DATE_FORMAT"))
        except ValueError:
            return value
    return str(value)


def _is_web(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _duplicate(pair: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """The other of a pair, and the way to the page where the two stand side by side."""
    other = "second" if pair["first"] == customer.pk else "first"
    try:
        link = reverse("admin:customers_duplicatepair_change", args=[pair["id"]])
    except NoReverseMatch:
        link = ""
    page = reverse("admin:customers_customer_page", args=[pair[other]])
    return {"name": pair[f"{other}_name"], "page": page, "link": link, "percent": round(100 * pair["score"])}


def _likeliest(pair: dict[str, Any]) -> tuple[float, int]:
    return -pair["score"], pair["id"]


def _newest(row: dict[str, Any]) -> tuple[datetime, int]:
    return moment(row["ordered_at"]) or datetime.min, row["id"]


def _order(row: dict[str, Any]) -> LastOrder:
    status = OrderStatus(row["status"])
    total = number_format(Decimal(str(row["total"])), 2, force_grouping=True)
    return LastOrder(
        pk=row["id"],
        number=row["number"],
        status=str(status.label),
        tone=TONES.get(status, "fair"),
        total=f"{total} {row['currency']}",
        ordered_at=moment(row["ordered_at"]),
    )
