"""Makers of machines and goods, who sell to other companies.

Customers are few, are kept for decades and buy rarely: a rating or a delivery says something for a year, so half-lives
are long. What counts is that the part comes when it was promised, since a line stands still without it: reliability
weighs half as much again. Prices are agreed for years, so what was paid moves the score least, and for longest. Tastes
are those of a plant: what it always bought, and what it asked for, says more than what is popular.
"""

from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.industries.plan import Industry, NewQueue, NewRule, relation, service_types
from customers.choices import AttributeType, CustomerKind
from customers.operations.ensure_attributes import NewAttribute
from services.operations.ensure_ticket_attributes import NewTicketAttribute

ORGANISATION, PERSON = CustomerKind.ORGANISATION, CustomerKind.PERSON
HOUR = 3600

MANUFACTURING = Industry(
    code="manufacturing",
    label="Manufacturing",
    name=gettext_lazy("Manufacturing"),
    why=gettext_lazy(
        "Few customers for decades. A late part stops a line, so kept promises weigh most; agreed prices least."
    ),
    relation_types=(
        relation(
            "distributor",
            pgettext_lazy("relation type", "distributor of ours"),
            pgettext_lazy("relation type", "we sell through"),
            from_kind=ORGANISATION,
            is_with_us=True,
        ),
        relation(
            "distributes-for",
            pgettext_lazy("relation type", "distributes for"),
            pgettext_lazy("relation type", "distributes through"),
            from_kind=ORGANISATION,
            to_kind=ORGANISATION,
        ),
        relation(
            "plant-of",
            pgettext_lazy("relation type", "plant of"),
            pgettext_lazy("relation type", "has the plant"),
            from_kind=ORGANISATION,
            to_kind=ORGANISATION,
            is_hierarchy=True,
            from_is_above=False,
        ),
        relation(
            "maintains",
            pgettext_lazy("relation type", "maintains the machines of"),
            pgettext_lazy("relation type", "has its machines maintained by"),
            to_kind=ORGANISATION,
        ),
        relation(
            "technical-contact",
            pgettext_lazy("relation type", "technical contact at"),
            pgettext_lazy("relation type", "has the technical contact"),
            from_kind=PERSON,
            to_kind=ORGANISATION,
        ),
    ),
    attributes=(
        NewAttribute(
            "employees", "Employees", AttributeType.CHOICE, ORGANISATION, ("1-9", "10-49", "50-249", "250-999", "1000+")
        ),
        NewAttribute("plant_size", "Production area, m²", AttributeType.NUMBER, ORGANISATION),
        NewAttribute("shifts", "Shifts a day", AttributeType.CHOICE, ORGANISATION, ("1", "2", "3", "continuous")),
        NewAttribute(
            "quality_certificate",
            "Quality certificate",
            AttributeType.CHOICE,
            ORGANISATION,
            ("ISO 9001", "IATF 16949", "AS9100", "ISO 13485", "none"),
        ),
        NewAttribute(
            "delivery_terms", "Delivery terms", AttributeType.CHOICE, ORGANISATION, ("EXW", "FCA", "DAP", "DDP")
        ),
        NewAttribute("payment_days", "Days to pay", AttributeType.NUMBER, ORGANISATION),
        NewAttribute("contract_until", "Frame contract until", AttributeType.DATE, ORGANISATION),
    ),
    queues=(
        NewQueue("Spare parts", 2 * HOUR),
        NewQueue("Field service", 4 * HOUR),
        NewQueue("Technical advice", 6 * HOUR),
    ),
    service_types=service_types(
        ("spare-part", pgettext_lazy("service type", "Spare part")),
        ("commissioning", pgettext_lazy("service type", "Commissioning")),
        ("maintenance", pgettext_lazy("service type", "Maintenance")),
        ("warranty", pgettext_lazy("service type", "Warranty")),
        ("advice", pgettext_lazy("service type", "Technical advice")),
    ),
    ticket_attributes=(
        NewTicketAttribute("machine_number", "Machine number"),
        NewTicketAttribute("line_stands_still", "Line stands still", AttributeType.YES_NO, service_type="spare-part"),
        NewTicketAttribute(
            "warranty_decision",
            "Decision on the warranty",
            AttributeType.CHOICE,
            ("covered", "partly covered", "not covered"),
            "warranty",
        ),
    ),
    skills=("Hydraulics", "Electrics", "Control software"),
    rules=(NewRule("Field service by what is broken", "Field service", ("Hydraulics",)),),
    scores={
        "quality": {"half_life_days": 270.0, "prior_weight": 5.0, "exponent": 1.0},
        "reliability": {"half_life_days": 365.0, "prior_weight": 5.0, "exponent": 1.5},
        "responsiveness": {"half_life_days": 270.0, "prior_weight": 5.0, "exponent": 0.8},
        "price": {"half_life_days": 730.0, "prior_weight": 3.0, "exponent": -0.6},
    },
    preferences={
        "purchase_half_life_days": 540.0,
        "interest_half_life_days": 60.0,
        "weights": {
            "category_lift": 0.5,
            "price_fit": 0.1,
            "recent_interest": 0.2,
            "rating": 0.2,
            "popularity": 0.05,
            "stated": 0.6,
        },
    },
)
