"""What a definition means, told once more in plain Python, one customer at a time: what the queries must agree with."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from analytics.models import ScoringRun
from customers.models import Category, CustomAttribute, Customer, Relation, User
from customers.segments.definition import Condition, Definition
from tests.cast import NOW
from tests.segments.naive_operators import NEGATIONS, TODAY, fits, passes, within
from tests.segments.naive_services import Services

JOINS = {"all": all, "any": any}
KEPT = (
    "external_ids", "contact_points", "tags", "consents", "orders__lines__product__category__parent", "interactions",
    "tickets__assignee", "tickets__service_type", "requested_tickets__assignee", "requested_tickets__service_type",
    "ratings", "score", "preferences", "relation_effect", "contact_risk", "value",
)  # fmt: skip


class Judge(Services):
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
        return passes(op, known, condition)

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
            if not within(order.ordered_at, c):
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
        return {one.currency for one in row.orders.all() if within(one.ordered_at, c)}

    def _touched(self, row: Customer, c: Condition) -> list[Any]:
        return [one for one in row.interactions.all() if within(one.at, c) and fits(one, c, "kind", "direction")]

    def _interactions(self, row: Customer, c: Condition) -> Any:
        return len(self._touched(row, c))

    def _last_interaction(self, row: Customer, c: Condition) -> Any:
        return max((one.at for one in self._touched(row, c)), default=None)

    def _interaction_kind(self, row: Customer, c: Condition) -> Any:
        return {one.kind for one in self._touched(row, c)}


def _branch(products: set[Any]) -> set[int]:
    """The categories of products, and those above them."""
    found = set()
    for product in products:
        category: Category | None = product.category
        while category:
            found.add(category.pk)
            category = category.parent
    return found
