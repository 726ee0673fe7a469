"""What lies beside a customer's score: late tickets of their relations, and the one contact that carries all."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.admin.score_display import points
from analytics.models import ContactRisk, RelationEffect
from analytics.scoring.relation_effects import CAP
from customers.models import Customer, Relation
from customers.sql.united import Part

NAMES, VERBS, CARRIES = "related names", "related verbs", "carries"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Felt:
    """One related customer who is felt: who, how they are related, how many tickets are late and where those are."""

    name: str
    link: str
    verbs: str
    tickets: int
    ticket_link: str
    points: SafeString


def relation_parts(customer: Customer, request: HttpRequest) -> dict[str, Part]:
    """The short lists of the card, to be read along with those of the page. The rows beside the customer are known."""
    user: Any = request.user
    effect, risk = _beside(customer)
    sources = effect.sources[:SHOWN] if effect else []
    people = [row["customer"] for row in sources] + ([risk.contact_id] if risk else [])
    parts = {}
    if people:
        visible = Customer.objects.visible_to(user).filter(pk__in=people).order_by("pk")
        parts[NAMES] = Part(visible, len(people), {"pk": "pk", "name": "name"})
    via = [pk for row in sources for pk in row["via"]]
    if via:
        columns = {"pk": "pk", "first": "from_customer_id", "second": "to_customer_id"}
        verbs = {"name": "type__name", "inverse": "type__inverse_name"}
        parts[VERBS] = Part(Relation.objects.filter(pk__in=via).order_by("pk"), len(via), {**columns, **verbs})
    carried = ContactRisk.objects.visible_to(user).filter(contact=customer).order_by("-carried")
    figures = {"carried": "carried", "requests": "requests", "contacts": "contacts"}
    parts[CARRIES] = Part(carried, SHOWN, {"pk": "customer_id", "name": "customer__name", **figures})
    return parts


def relation_card(customer: Customer, request: HttpRequest, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The context of the card. Who is out of sight is not named, and their tickets are no link."""
    effect, risk = _beside(customer)
    names = {row["pk"]: row["name"] for row in rows.get(NAMES, [])}
    relations = {row["pk"]: row for row in rows.get(VERBS, [])}
    sees_tickets = request.user.has_perm("services.view_ticket")
    sources = effect.sources[:SHOWN] if effect else []
    return {
        "effect": effect,
        "effect_points": points(effect.points) if effect else "",
        "effect_cap": CAP,
        "effect_sources": [_felt(row, customer, names, relations, with_tickets=sees_tickets) for row in sources],
        "effect_more": len(effect.sources) - len(sources) if effect else 0,
        "risk": risk,
        "risk_contact": _someone(risk.contact_id, names) if risk else None,
        "risk_words": _risk_words(risk.carried, risk.requests, risk.contacts) if risk else "",
        "carries": [
            (row["name"], _page(row["pk"]), _risk_words(row["carried"], row["requests"], row["contacts"]))
            for row in rows.get(CARRIES, [])
        ],
    }


def _beside(customer: Customer) -> tuple[RelationEffect | None, ContactRisk | None]:
    return getattr(customer, "relation_effect", None), getattr(customer, "contact_risk", None)


def _page(pk: int) -> str:
    return reverse("admin:customers_customer_page", args=[pk])


def _someone(pk: int, names: dict[int, str]) -> tuple[str, str]:
    return (names[pk], _page(pk)) if pk in names else (_("a customer who is not yours to see"), "")


def _risk_words(carried: int, requests: int, contacts: int) -> str:
    figures = {"carried": carried, "requests": requests}
    if contacts == 1 and carried < requests:
        return _("the only known contact; %(requests)d tickets in the last year") % figures
    return _("asked for %(carried)d of %(requests)d tickets of the last year") % figures


def _felt(
    row: dict[str, Any],
    customer: Customer,
    names: dict[int, str],
    relations: dict[int, dict[str, Any]],
    *,
    with_tickets: bool,
) -> Felt:
    name, link = _someone(row["customer"], names)
    late = {"customer__id__exact": row["customer"], "show": "unsolved", "sla": "missed"}
    shows = bool(link) and with_tickets
    return Felt(
        name=name,
        link=link,
        verbs=_verbs(row["via"], customer.pk, relations),
        tickets=row["tickets"],
        ticket_link=f"{reverse('admin:services_ticket_changelist')}?{urlencode(late)}" if shows else "",
        points=points(row["points"]),
    )


def _verbs(via: list[int], customer: int, relations: dict[int, dict[str, Any]]) -> str:
    """How the customer is related to the source: “works for → subsidiary of”."""
    verbs, at = [], customer
    for pk in via:
        relation = relations.get(pk)
        if relation is None:  # ended or removed since
            return ""
        is_first = relation["first"] == at
        verbs.append(pgettext("relation type", relation["name"] if is_first else relation["inverse"]))
        at = relation["second"] if is_first else relation["first"]
    return " → ".join(verbs)
