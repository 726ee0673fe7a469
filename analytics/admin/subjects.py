"""The tickets, ratings and orders behind a score: their names and addresses, looked up all at once."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.operations.explanation import Explanation
from customers.choices import SubjectType
from customers.models import Order
from services.models import SatisfactionRating, Ticket


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about. `link` is empty where the user may not open it."""

    kind: str
    icon: str
    name: str
    link: str


class Subjects:
    """All subjects of an explanation, in one query a kind. Out of sight of the user: named by kind only."""

    def __init__(self, found: Explanation, request: HttpRequest) -> None:
        keys: dict[str, set[int]] = defaultdict(set)
        for factor in found.satisfaction.factors:
            for row in factor.evidence:
                keys[row.subject_type].add(row.subject_id)
        for change in found.changed_since:
            keys[change.row.subject_type].add(change.row.subject_id)
        for decision in found.decisions:
            keys[decision.subject_type].add(decision.subject_id)
        for moved in found.moved.waterfall.rows if found.moved else ():
            for piece in moved.evidence:
                keys[piece.subject_type].add(piece.subject_id)
        user: Any = request.user
        self._found: dict[tuple[str, int], Subject] = {}
        self._tickets(Ticket.objects.visible_to(user).filter(pk__in=keys[SubjectType.TICKET]))
        self._orders(Order.objects.visible_to(user).filter(pk__in=keys[SubjectType.ORDER]))
        ratings = SatisfactionRating.objects.visible_to(user).filter(pk__in=keys[SubjectType.RATING])
        self._ratings(ratings.select_related("ticket", "order"))

    def of(self, subject_type: str, pk: int) -> Subject:
        """The subject, also where it cannot be seen."""
        kind = str(SubjectType(subject_type).label)
        return self._found.get((subject_type, pk)) or Subject(kind, "lock", _("not yours to see"), "")

    def _tickets(self, rows: Any) -> None:
        for pk, number, subject in rows.order_by().values_list("pk", "number", "subject"):
            link = reverse("admin:services_ticket_change", args=[pk])
            self._add(SubjectType.TICKET, pk, "confirmation_number", f"{number} · {subject}", link)

    def _orders(self, rows: Any) -> None:
        for pk, number in rows.order_by().values_list("pk", "number"):
            link = reverse("admin:customers_order_change", args=[pk])
            self._add(SubjectType.ORDER, pk, "receipt_long", number, link)

    def _ratings(self, rows: Any) -> None:
        """A rating has no page of its own: it opens the ticket or order that it is about."""
        for rating in rows.order_by():
            about = rating.ticket or rating.order
            page = "services_ticket_change" if rating.ticket_id else "customers_order_change"
            name = _("%(number)s: “%(comment)s”") % {"number": about, "comment": rating.comment[:80]}
            link = reverse(f"admin:{page}", args=[about.pk])
            self._add(SubjectType.RATING, rating.pk, "star", name if rating.comment else str(about), link)

    def _add(self, kind: SubjectType, pk: int, icon: str, name: str, link: str) -> None:
        self._found[kind, pk] = Subject(str(kind.label), icon, name, link)
