"""What a definition means, told once more in plain Python, one customer at a time: what the queries must agree with."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean
from typing import Any

from django.utils import timezone

from analytics.models import ScoringRun
from analytics.operations.score_distribution import percentile_of
from customers.folding import fold
from customers.models import Category, CustomAttribute, Customer, Relation, User
from customers.segments.definition import Condition, Definition
from services.models import Ticket
from tests.cast import NOW

NEGATIONS = {"is_not": "is", "not_contains": "contains", "none_of": "one_of", "empty": "not_empty"}
TODAY = date(2026, 6, 3)


JOINS = {"all": all, "any": any}
KEPT = (
    "external_ids", "contact_points", "tags", "consents", "orders__lines__product__category__parent", "interactions",
    "tickets__assignee", "tickets__service_type", "requested_tickets__assignee", "requested_tickets__service_type",
    "ratings", "score", "preferences",
)  # fmt: skip


class Judge:
    """Knows every row, and which customers and tickets a user sees."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.teams = set(user.team_ids) if user else set()
        self.types = {row.code: row.type for row in CustomAttribute.objects.all()}
        self.distribution = ScoringRun.objects.get().distribution
        living = Customer.objects.filter(merged_into=None).prefetch_related(*KEPT)
        self.customers = [row for row in living if self.sees(row)]
        self.relations = [row for row in Relation.objects.select_related() if self.is_in_force(row)]

    def members(self, definition: Definition) -> set[int]:
        """The keys of the customers that the user sees and the definition means."""
        return {
            row.pk
            for row in self.customers
            if JOINS[definition.match](
                JOINS[group.match](self.holds(row, condition) for condition in group.conditions)
                for group in definition.groups
            )
        }

    def is_in_force(self, row: Relation) -> bool:
        return (
            (row.since is None or row.since <= TODAY)
            and (row.until is None or row.until >= TODAY)
            and self.sees(row.from_customer)
            and (row.to_customer is None or self.sees(row.to_customer))
        )

    def sees(self, row: Any) -> bool:
        return self.user is None or row.team_id in self.teams or row.owner_id == self.user.pk

    def holds(self, row: Customer, condition: Condition) -> bool:
        op = str(condition.op)
        if op in NEGATIONS:
            return not self._holds(row, condition, NEGATIONS[op])
        return self._holds(row, condition, op)

    def _holds(self, row: Customer, condition: Condition, op: str) -> bool:
        code = condition.fact.code
        if code.startswith("attribute."):
            known = self._attribute(row, code.removeprefix("attribute."))
        else:
            look: Callable[[Customer, Condition], Any] = getattr(self, "_" + code)
            known = look(row, condition)
        if isinstance(known, set):
            wanted = condition.value if op == "one_of" else [condition.value]
            if code == "email_domain":
                wanted = [value.rpartition("@")[2] for value in wanted]
            if code == "phone":
                wanted = [value.replace(" ", "") for value in wanted]
            return bool(known) if op == "not_empty" else bool(known & set(wanted))
        if known is None or known == "":
            return False
        if op == "not_empty":
            return True
        return COMPARE[op](*_comparable(known, condition))

    # What is known of a customer: a set, or one value, or none.

    def _attribute(self, row: Customer, code: str) -> Any:
        value = row.attributes.get(code)
        kind = self.types[code]
        if kind == "number":
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if kind == "yes_no":
            return value if isinstance(value, bool) else None
        if not isinstance(value, str):
            return None
        if kind == "date":
            return value if len(value) == 10 and value[4] == value[7] == "-" else None
        return value if value != "" or kind != "date" else None

    def _kind(self, row: Customer, _c: Condition) -> Any:
        return row.kind

    def _name(self, row: Customer, _c: Condition) -> Any:
        return row.search_name

    def _given_name(self, row: Customer, _c: Condition) -> Any:
        return row.given_name

    def _family_name(self, row: Customer, _c: Condition) -> Any:
        return row.family_name

    def _language(self, row: Customer, _c: Condition) -> Any:
        return row.language

    def _country(self, row: Customer, _c: Condition) -> Any:
        return row.country

    def _industry(self, row: Customer, _c: Condition) -> Any:
        return row.industry

    def _owner(self, row: Customer, _c: Condition) -> Any:
        return row.owner_id

    def _team(self, row: Customer, _c: Condition) -> Any:
        return row.team_id

    def _created(self, row: Customer, _c: Condition) -> Any:
        return row.created_at

    def _last_activity(self, row: Customer, _c: Condition) -> Any:
        return row.last_activity_at

    def _source(self, row: Customer, _c: Condition) -> Any:
        return {one.source for one in row.external_ids.all()}

    def _has(self, row: Customer, kind: str) -> bool:
        return any(point.kind == kind for point in row.contact_points.all())

    def _has_email(self, row: Customer, _c: Condition) -> Any:
        return self._has(row, "email")

    def _has_phone(self, row: Customer, _c: Condition) -> Any:
        return self._has(row, "phone")

    def _has_address(self, row: Customer, _c: Condition) -> Any:
        return self._has(row, "address")

    def _email(self, row: Customer, _c: Condition) -> Any:
        return {point.value for point in row.contact_points.all() if point.kind == "email"}

    def _email_domain(self, row: Customer, _c: Condition) -> Any:
        return {value.partition("@")[2] for value in self._email(row, _c)}

    def _phone(self, row: Customer, _c: Condition) -> Any:
        return {point.value.replace(" ", "") for point in row.contact_points.all() if point.kind == "phone"}

    def _tag(self, row: Customer, _c: Condition) -> Any:
        return {tag.pk for tag in row.tags.all()}

    def _with_us(self, row: Customer) -> list[Relation]:
        return [one for one in self.relations if one.from_customer_id == row.pk and one.to_customer_id is None]

    def _relation_to_us(self, row: Customer, _c: Condition) -> Any:
        return {one.type.code for one in self._with_us(row)}

    def _relation_to_us_since(self, row: Customer, c: Condition) -> Any:
        types = c.where.get("type")
        days = [one.since for one in self._with_us(row) if one.since and (not types or one.type.code in types)]
        return min(days).isoformat() if days else None

    def _relation(self, row: Customer, _c: Condition) -> Any:
        found = set()
        for one in self.relations:
            if one.to_customer_id is None:
                continue
            back = one.type.code if one.type.is_symmetric else f"{one.type.code}:inverse"
            if one.from_customer_id == row.pk:
                found.add(one.type.code)
            if one.to_customer_id == row.pk:
                found.add(back)
        return found

    def _said(self, row: Customer, c: Condition, *, yes: bool) -> set[str]:
        newest: dict[tuple[str, str], bool] = {}
        for one in sorted(row.consents.all(), key=lambda one: (one.at, one.pk)):
            newest[one.purpose, one.channel] = one.is_given
        channels = c.where.get("channel")
        if not channels:
            return {purpose for (purpose, _), given in newest.items() if given is yes}
        return {
            purpose for purpose, _ in newest if newest.get((purpose, channels[0]), newest.get((purpose, "any"))) is yes
        }

    def _consent_given(self, row: Customer, c: Condition) -> Any:
        return self._said(row, c, yes=True)

    def _consent_refused(self, row: Customer, c: Condition) -> Any:
        return self._said(row, c, yes=False)

    def _bought(self, row: Customer, c: Condition) -> list[Any]:
        """The orders that count."""
        statuses = c.where.get("status")
        found = []
        for order in row.orders.all():
            products = {line.product for line in order.lines.all()}
            if not _within(order.ordered_at, c):
                continue
            if order.status not in statuses if statuses else order.status == "cancelled":
                continue
            if "product" in c.where and not {one.pk for one in products} & set(c.where["product"]):
                continue
            if "category" in c.where and not _branch(products) & set(c.where["category"]):
                continue
            if "currency" in c.where and order.currency not in c.where["currency"]:
                continue
            found.append(order)
        return found

    def _orders(self, row: Customer, c: Condition) -> Any:
        return len(self._bought(row, c))

    def _late_orders(self, row: Customer, c: Condition) -> Any:
        late = [one for one in self._bought(row, c) if one.promised_at and (one.delivered_at or NOW) > one.promised_at]
        return len(late)

    def _orders_total(self, row: Customer, c: Condition) -> Any:
        return sum((one.total for one in self._bought(row, c)), Decimal(0))

    def _orders_average(self, row: Customer, c: Condition) -> Any:
        totals = [one.total for one in self._bought(row, c)]
        return (sum(totals) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP) if totals else None

    def _last_ordered(self, row: Customer, c: Condition) -> Any:
        return max((one.ordered_at for one in self._bought(row, c)), default=None)

    def _first_ordered(self, row: Customer, c: Condition) -> Any:
        return min((one.ordered_at for one in self._bought(row, c)), default=None)

    def _product(self, row: Customer, c: Condition) -> Any:
        return {line.product_id for one in self._bought(row, c) for line in one.lines.all()}

    def _category(self, row: Customer, c: Condition) -> Any:
        return _branch({line.product for one in self._bought(row, c) for line in one.lines.all()})

    def _currency(self, row: Customer, c: Condition) -> Any:
        return {one.currency for one in row.orders.all() if _within(one.ordered_at, c)}

    def _touched(self, row: Customer, c: Condition) -> list[Any]:
        return [one for one in row.interactions.all() if _within(one.at, c) and _fits(one, c, "kind", "direction")]

    def _interactions(self, row: Customer, c: Condition) -> Any:
        return len(self._touched(row, c))

    def _last_interaction(self, row: Customer, c: Condition) -> Any:
        return max((one.at for one in self._touched(row, c)), default=None)

    def _interaction_kind(self, row: Customer, c: Condition) -> Any:
        return {one.kind for one in self._touched(row, c)}

    def _served(self, row: Customer, c: Condition, *, as_requester: bool = False) -> list[Ticket]:
        tickets = row.requested_tickets if as_requester else row.tickets
        found = []
        for one in tickets.all():
            is_mine = self.user is None or one.team_id in self.teams
            if self.user is not None and one.assignee is not None:
                is_mine = is_mine or one.assignee.user_id == self.user.pk
            type_code = one.service_type.code if one.service_type else None
            if "service_type" in c.where and type_code not in c.where["service_type"]:
                continue
            if "queue" in c.where and one.queue_id not in c.where["queue"]:
                continue
            if is_mine and _within(one.created_at, c) and _fits(one, c, "status", "priority", "channel"):
                found.append(one)
        return found

    def _tickets(self, row: Customer, c: Condition) -> Any:
        return len(self._served(row, c))

    def _requested_tickets(self, row: Customer, c: Condition) -> Any:
        return len(self._served(row, c, as_requester=True))

    def _open_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(one.status in ("new", "open", "pending", "on_hold") for one in self._served(row, c))

    def _breached_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(map(_is_breached, self._served(row, c)))

    def _reopened_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(one.reopen_count > 0 for one in self._served(row, c))

    def _reopenings(self, row: Customer, c: Condition) -> Any:
        return sum(one.reopen_count for one in self._served(row, c))

    def _last_ticket(self, row: Customer, c: Condition) -> Any:
        return max((one.created_at for one in self._served(row, c)), default=None)

    def _rated(self, row: Customer, c: Condition) -> list[Any]:
        return [
            one
            for one in row.ratings.all()
            if one.replaced_by_id is None and _within(one.at, c) and _fits(one, c, "scale")
        ]

    def _ratings(self, row: Customer, c: Condition) -> Any:
        return len(self._rated(row, c))

    def _last_rating(self, row: Customer, c: Condition) -> Any:
        rated = sorted(self._rated(row, c), key=lambda one: (one.at, one.pk))
        return rated[-1].value if rated else None

    def _average_rating(self, row: Customer, c: Condition) -> Any:
        values = [one.value for one in self._rated(row, c)]
        return round(fmean(values) + 1e-9, 2) if values else None

    def _last_rated(self, row: Customer, c: Condition) -> Any:
        return max((one.at for one in self._rated(row, c)), default=None)

    def _scored(self, row: Customer, name: str) -> Any:
        score = getattr(row, "score", None)
        return None if score is None else getattr(score, name)

    def _score(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "score")

    def _score_percentile(self, row: Customer, c: Condition) -> Any:
        score = self._scored(row, "score")
        return None if score is None else percentile_of(score, self.distribution)

    def _score_change(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "change")

    def _low_evidence(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "low_evidence")

    def _score_moved_by(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "change_factor")

    def _top_category(self, row: Customer, _c: Condition) -> Any:
        profile = getattr(row, "preferences", None)
        return profile.categories[0]["category"] if profile and profile.categories else None


def _within(at: datetime, c: Condition) -> bool:
    return at <= NOW and (c.days is None or at > NOW - timedelta(days=c.days))


def _fits(row: Any, c: Condition, *names: str) -> bool:
    return all(getattr(row, name) in c.where[name] for name in names if name in c.where)


def _branch(products: set[Any]) -> set[int]:
    """The categories of products, and those above them."""
    found = set()
    for product in products:
        category: Category | None = product.category
        while category:
            found.add(category.pk)
            category = category.parent
    return found


def _is_breached(one: Ticket) -> bool:
    unsolved = one.status in ("new", "open", "pending", "on_hold")
    late_reply = one.first_replied_at is None and one.first_reply_due_at is not None and one.first_reply_due_at < NOW
    late_solution = unsolved and one.resolution_due_at is not None and one.resolution_due_at < NOW
    return bool(one.first_reply_breached_at or one.resolution_breached_at or late_reply or late_solution)


def _comparable(known: Any, condition: Condition) -> tuple[Any, Any]:
    """Both sides in one form."""
    value, kind = condition.value, condition.fact.type
    if kind == "text":
        form = fold if condition.fact.code == "name" else str.lower
        return form(known), [form(one) for one in value] if isinstance(value, list) else form(value)
    if kind == "money":
        return known, [Decimal(str(one)) for one in value] if isinstance(value, list) else Decimal(str(value))
    if kind == "moment":
        return Moment(known), value
    if kind == "date":
        return Day(known), value
    return known, value


class Day:
    """A date as the operators of time see it."""

    def __init__(self, iso: str) -> None:
        self.day = iso

    def is_on(self, value: str) -> bool:
        return self.day == value

    def before(self, value: str) -> bool:
        return self.day < value

    def after(self, value: str) -> bool:
        return self.day > value

    def in_last(self, days: int) -> bool:
        return (TODAY - timedelta(days=days)).isoformat() < self.day <= TODAY.isoformat()

    def in_next(self, days: int) -> bool:
        return TODAY.isoformat() <= self.day < (TODAY + timedelta(days=days)).isoformat()

    def more_than_ago(self, days: int) -> bool:
        return self.day < (TODAY - timedelta(days=days)).isoformat()


class Moment(Day):
    """A moment, on its day in the server's time zone."""

    def __init__(self, at: datetime) -> None:
        super().__init__(timezone.localdate(at, timezone.get_default_timezone()).isoformat())
        self.at = at

    def in_last(self, days: int) -> bool:
        return NOW - timedelta(days=days) < self.at <= NOW

    def in_next(self, days: int) -> bool:
        return NOW <= self.at < NOW + timedelta(days=days)

    def more_than_ago(self, days: int) -> bool:
        return self.at < NOW - timedelta(days=days)


def _between(known: Any, value: Any) -> bool:
    if isinstance(known, Day):
        return bool(value[0] <= known.day <= value[1])
    return bool(value[0] <= known <= value[1])


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda known, value: known.is_on(value) if isinstance(known, Day) else known == value,
    "contains": lambda known, value: value in known,
    "begins_with": lambda known, value: known.startswith(value),
    "one_of": lambda known, value: known in value,
    "at_least": lambda known, value: known >= value,
    "at_most": lambda known, value: known <= value,
    "between": _between,
    "before": lambda known, value: known.before(value),
    "after": lambda known, value: known.after(value),
    "in_last": lambda known, value: known.in_last(value),
    "in_next": lambda known, value: known.in_next(value),
    "more_than_ago": lambda known, value: known.more_than_ago(value),
}
