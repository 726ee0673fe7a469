"""Shops, on the street and on the web, who sell to people.

Customers are many and change their minds quickly: what happened three months ago counts half, what was paid half a year
ago. They compare prices on the spot, so the price weighs half as much again; and they write when something is wrong
now, so a quick answer weighs more than usual. A few observations are much for one person: the average customer is
worth fewer of them. Tastes follow what was just looked at, what is popular, and the price.
"""

from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.industries.plan import Industry, NewQueue, NewRule, relation, service_types
from customers.choices import AttributeType, CustomerKind, MatchingUse
from customers.operations.ensure_attributes import NewAttribute
from services.operations.ensure_ticket_attributes import NewTicketAttribute

ORGANISATION, PERSON = CustomerKind.ORGANISATION, CustomerKind.PERSON
HOUR = 3600

RETAIL = Industry(
    code="retail",
    label="Retail",
    name=gettext_lazy("Retail"),
    why=gettext_lazy(
        "Many customers who change quickly. Price and a quick answer weigh more; what is old is soon forgotten."
    ),
    relation_types=(
        relation(
            "member",
            pgettext_lazy("relation type", "club member of ours"),
            pgettext_lazy("relation type", "we reward"),
            from_kind=PERSON,
            is_with_us=True,
        ),
        relation(
            "franchisee",
            pgettext_lazy("relation type", "franchisee of ours"),
            pgettext_lazy("relation type", "we license"),
            from_kind=ORGANISATION,
            is_with_us=True,
        ),
        relation(
            "family-of",
            pgettext_lazy("relation type", "family of"),
            pgettext_lazy("relation type", "family of"),
            from_kind=PERSON,
            to_kind=PERSON,
        ),
        relation(
            "has-child",
            pgettext_lazy("relation type", "mother or father of"),
            pgettext_lazy("relation type", "child of"),
            from_kind=PERSON,
            to_kind=PERSON,
            is_hierarchy=True,
        ),
        relation(
            "buys-gifts-for",
            pgettext_lazy("relation type", "buys gifts for"),
            pgettext_lazy("relation type", "gets gifts from"),
            from_kind=PERSON,
            to_kind=PERSON,
        ),
    ),
    attributes=(
        NewAttribute("loyalty_number", "Loyalty number", kind=PERSON, matching=MatchingUse.IDENTIFIER),
        NewAttribute("loyalty_tier", "Loyalty tier", AttributeType.CHOICE, PERSON, ("Basic", "Silver", "Gold")),
        NewAttribute("birth_date", "Date of birth", AttributeType.DATE, PERSON, matching=MatchingUse.BIRTH_DATE),
        NewAttribute("favourite_store", "Favourite store", kind=PERSON),
        NewAttribute("clothing_size", "Clothing size", kind=PERSON),
        NewAttribute("delivery_note", "Note for deliveries"),
    ),
    queues=(
        NewQueue("Delivery", 2 * HOUR),
        NewQueue("Returns and exchange", 4 * HOUR),
        NewQueue("Stores", 3 * HOUR),
    ),
    service_types=service_types(
        ("delivery", pgettext_lazy("service type", "Delivery")),
        ("exchange", pgettext_lazy("service type", "Exchange")),
        ("stock", pgettext_lazy("service type", "Is it in stock?")),
        ("loyalty", pgettext_lazy("service type", "Loyalty points")),
        ("voucher", pgettext_lazy("service type", "Voucher")),
    ),
    ticket_attributes=(
        NewTicketAttribute("article_number", "Article number"),
        NewTicketAttribute(
            "reason",
            "Reason of the exchange",
            AttributeType.CHOICE,
            ("wrong size", "damaged", "not as described", "changed mind"),
            "exchange",
        ),
        NewTicketAttribute("parcel_number", "Parcel number", service_type="delivery"),
    ),
    skills=("Sizes and fitting", "Carriers", "Goodwill"),
    rules=(NewRule("Parcels to who knows the carriers", "Delivery", ("Carriers",)),),
    scores={
        "quality": {"half_life_days": 90.0, "prior_weight": 4.0, "exponent": 1.0},
        "reliability": {"half_life_days": 90.0, "prior_weight": 4.0, "exponent": 1.0},
        "responsiveness": {"half_life_days": 90.0, "prior_weight": 4.0, "exponent": 1.2},
        "price": {"half_life_days": 180.0, "prior_weight": 3.0, "exponent": -1.5},
    },
    preferences={
        "purchase_half_life_days": 120.0,
        "interest_half_life_days": 14.0,
        "weights": {
            "category_lift": 0.3,
            "price_fit": 0.3,
            "recent_interest": 0.5,
            "rating": 0.2,
            "popularity": 0.2,
            "stated": 0.5,
        },
    },
)
