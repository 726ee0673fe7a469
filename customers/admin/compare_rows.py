"""Two customers side by side, line by line: what there is to choose in, what comes together, and what history each
has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.admin.comparisons import more_compared
from customers.admin.words import language_name
from customers.choices import OnMerge
from customers.models import ContactPoint, CustomAttribute, Customer, ExternalId, Relation
from customers.operations.choose_columns import ATTRIBUTE, COLUMNS, EMPTY, choices_of, value_of
from customers.operations.customer_links import customer_links

Pair = list[Customer]


@dataclass(slots=True)
class Value:
    """What one of the two has in a line."""

    key: int  # of the customer
    shown: SafeString | str
    is_empty: bool = False
    is_picked: bool = False


@dataclass(slots=True)
class Line:
    """One line. `name` is that of the choice, where there is something to choose."""

    label: str
    values: list[Value]
    name: str = ""
    differs: bool = False
    changed: bool = False  # since the page was opened

    @property
    def digest(self) -> str:
        """What tells whether the line changed since somebody looked at it."""
        return digest_of(self.label, *(value.shown for value in self.values))


@dataclass(slots=True)
class Together:
    """Things that both have several of: all of them are kept, what both have once."""

    label: str
    items: list[list[tuple[SafeString | str, bool]]] = field(default_factory=list)  # and whether the other has it, too
    changed: bool = False

    @property
    def digest(self) -> str:
        """As that of a line."""
        return digest_of(self.label, *(item for items in self.items for item, _shared in [*items, ("", False)]))


def digest_of(*texts: SafeString | str) -> str:
    """A short hash; it says nothing of the values."""
    return blake2b("\x00".join(map(str, texts)).encode(), digest_size=6).hexdigest()


def lines_to_choose(customers: Pair) -> list[Line]:
    """The fields and custom attributes of the two."""
    one, other = customers
    names = choices_of(one, other)
    labels = field_labels(names)
    lines = []
    for name in names:
        values = [value_of(customer, name) for customer in customers]
        if all(value in EMPTY for value in values):
            continue
        shown = [
            Value(customer.pk, shown_value(customer, name), is_empty=value in EMPTY)
            for customer, value in zip(customers, values, strict=True)
        ]
        differs = values[0] != values[1]
        lines.append(Line(labels[name], shown, name=name if differs else "", differs=differs))
    return lines


def field_labels(names: Iterable[str]) -> dict[str, str]:
    """The names of fields and custom attributes as people read them."""
    attributes = dict(CustomAttribute.objects.values_list("code", "name"))
    labels = {}
    for name in names:
        if name.startswith(ATTRIBUTE):
            code = name.removeprefix(ATTRIBUTE)
            labels[name] = attributes.get(code, code)
        else:
            labels[name] = capfirst(str(Customer._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return labels


def shown_value(customer: Customer, name: str) -> str:
    """The value of a field as people read it; empty where there is none."""
    value = value_of(customer, name)
    if value in EMPTY:
        return ""
    if name == "owner":
        return str(customer.owner and (customer.owner.get_full_name() or customer.owner.get_username()))
    if name in COLUMNS:
        text = str(getattr(customer, name))
        return language_name(text) if name == "language" else text
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(localize(value)) if isinstance(value, int | float) else str(value)


def pick(lines: Iterable[Line], picked: dict[str, int], kept_key: int) -> None:
    """Mark in each line the value that will stand: as it was picked, else the kept one's unless it is empty."""
    for line in lines:
        default = next((v.key for v in line.values if v.key == kept_key and not v.is_empty), None)
        chosen = picked.get(line.name) or default or next(v.key for v in line.values if not v.is_empty)
        for value in line.values:
            value.is_picked = value.key == chosen


def together(customers: Pair, request: HttpRequest) -> list[Together]:
    """Contact points, tags, relations and the ids of other systems."""
    parts = [_points(customers), _tags(customers)]
    if request.user.has_perm("customers.view_relation"):
        parts.append(_relations(customers, request))
    if request.user.has_perm("customers.view_externalid"):
        parts.append(_ids(customers))
    return [part for part in parts if any(part.items)]


def _points(customers: Pair) -> Together:
    rows: dict[int, list[ContactPoint]] = {customer.pk: [] for customer in customers}
    for point in ContactPoint.objects.filter(customer__in=customers):
        rows[point.customer_id].append(point)
    keys = [{(p.kind, p.blind_index) for p in rows[customer.pk]} for customer in customers]
    both = keys[0] & keys[1]
    text = '<span class="cd-muted">{}</span> {}'
    return Together(
        _("Contact points"),
        [
            [
                (format_html(text, point.get_kind_display(), point.value), (point.kind, point.blind_index) in both)
                for point in rows[customer.pk]
            ]
            for customer in customers
        ],
    )


def _tags(customers: Pair) -> Together:
    tags = [list(customer.tags.all()) for customer in customers]
    chip = '<span class="cd-chip cd-chip--{}">{}</span>'
    return Together(
        _("Tags"),
        [[(format_html(chip, tag.colour, tag.name), tag in tags[1 - side]) for tag in tags[side]] for side in range(2)],
    )


def _relations(customers: Pair, request: HttpRequest) -> Together:
    """Each as it reads from its customer's end."""
    keys = [customer.pk for customer in customers]
    rows: QuerySet[Any] = (
        Relation.objects.visible_to(request.user)
        .filter(Q(from_customer__in=keys) | Q(to_customer__in=keys))
        .select_related("type", "from_customer", "to_customer")
        .order_by("-strength", "id")
    )
    sentences: dict[int, list[tuple[str, str]]] = {key: [] for key in keys}
    for row in rows[:100]:
        if row.from_customer_id in sentences:
            sentences[row.from_customer_id].append((str(row.type), row.to_customer.name if row.to_customer else ""))
        if row.to_customer_id in sentences:
            sentences[row.to_customer_id].append((row.type.inverse, row.from_customer.name))
    said = [sentences[key] for key in keys]
    text = '<span class="cd-muted">{}</span> {}'
    return Together(
        _("Relations"), [[(format_html(text, *one), one in said[1 - side]) for one in said[side]] for side in range(2)]
    )


def _ids(customers: Pair) -> Together:
    rows: dict[int, list[tuple[SafeString | str, bool]]] = {customer.pk: [] for customer in customers}
    for row in ExternalId.objects.filter(customer__in=customers).order_by("source", "source_id"):
        rows[row.customer_id].append((str(row), False))
    return Together(_("Ids in other systems"), list(rows.values()))


@dataclass(frozen=True, slots=True)
class History:
    """How much there is of each: lines for the page, and the sum for the advice whom to keep."""

    lines: list[Line]
    rows: list[int]


def history(customers: Pair, request: HttpRequest) -> History:
    """How many tickets, orders, calls and so on each of the two has, whatever room they are of; when each came."""
    counted = [(label, counts) for label, counts in _counts(customers, request) if any(counts)]
    lines = [_plain_line(customers, label, [str(localize(n)) for n in counts]) for label, counts in counted]
    lines += [_plain_line(customers, str(line.label), line.shown) for line in more_compared(request, customers)]
    since = [date_format(customer.created_at, "DATE_FORMAT") for customer in customers]
    active = [date_format(customer.last_activity_at, "DATE_FORMAT") for customer in customers]
    lines += [_plain_line(customers, _("Here since"), since), _plain_line(customers, _("Last activity"), active)]
    return History(lines, [sum(counts[side] for _label, counts in counted) for side in range(2)])


def _plain_line(customers: Pair, label: str, shown: Iterable[SafeString | str]) -> Line:
    values = [Value(customer.pk, text) for customer, text in zip(customers, shown, strict=True)]
    return Line(label, values)


def _counts(customers: Pair, request: HttpRequest) -> Iterable[tuple[str, list[int]]]:
    fields: dict[Any, list[str]] = {}
    for link in customer_links(OnMerge.MOVE):
        fields.setdefault(link.model, []).append(link.field)
    for model, names in fields.items():
        page = admin.site._registry.get(model)
        if page is None or not page.has_view_permission(request):
            continue
        of_each = []
        for customer in customers:
            condition = Q()
            for name in names:
                condition |= Q(**{name: customer.pk})
            of_each.append(condition)
        rows = model._default_manager.visible_to(request.user).filter(of_each[0] | of_each[1])
        found = rows.order_by().aggregate(first=Count("pk", filter=of_each[0]), second=Count("pk", filter=of_each[1]))
        yield capfirst(str(model._meta.verbose_name_plural)), [found["first"], found["second"]]
