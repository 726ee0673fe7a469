"""Banks, insurers and advisers.

Customers stay for years and deal seldom, but each deal matters: they want an answer, and what was promised by the day
it was promised. Responsiveness and reliability weigh most, and a broken promise is remembered longest. Fees are
compared once and then hardly looked at, so the price weighs half. Since one case says little about a person, the
average customer is worth more observations. What suits somebody is what they said they want: it counts most.
"""

from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.industries.plan import Industry, NewQueue, NewRule, relation, service_types
from customers.choices import AttributeType, CustomerKind, MatchingUse
from customers.operations.ensure_attributes import NewAttribute
from services.operations.ensure_ticket_attributes import NewTicketAttribute

ORGANISATION, PERSON = CustomerKind.ORGANISATION, CustomerKind.PERSON
HOUR = 3600

FINANCE = Industry(
    code="finance",
    label="Finance",
    name=gettext_lazy("Finance"),
    why=gettext_lazy(
        "Long ties and few, weighty deals. A clear answer and a kept promise weigh most; fees hardly move anybody."
    ),
    relation_types=(
        relation(
            "insured",
            pgettext_lazy("relation type", "insured with us"),
            pgettext_lazy("relation type", "we insure"),
            is_with_us=True,
        ),
        relation(
            "broker",
            pgettext_lazy("relation type", "broker of ours"),
            pgettext_lazy("relation type", "we place through"),
            is_with_us=True,
        ),
        relation(
            "beneficial-owner",
            pgettext_lazy("relation type", "beneficial owner of"),
            pgettext_lazy("relation type", "is owned by"),
            from_kind=PERSON,
            to_kind=ORGANISATION,
        ),
        relation(
            "authorised-for",
            pgettext_lazy("relation type", "may sign for"),
            pgettext_lazy("relation type", "lets sign"),
            from_kind=PERSON,
        ),
        relation(
            "guarantees-for",
            pgettext_lazy("relation type", "guarantees for"),
            pgettext_lazy("relation type", "is guaranteed by"),
        ),
        relation(
            "beneficiary-of",
            pgettext_lazy("relation type", "beneficiary of"),
            pgettext_lazy("relation type", "names as beneficiary"),
            from_kind=PERSON,
        ),
        relation(
            "joint-account",
            pgettext_lazy("relation type", "shares an account with"),
            pgettext_lazy("relation type", "shares an account with"),
            from_kind=PERSON,
            to_kind=PERSON,
        ),
    ),
    attributes=(
        NewAttribute("tax_number", "Tax number", matching=MatchingUse.IDENTIFIER),
        NewAttribute("birth_date", "Date of birth", AttributeType.DATE, PERSON, matching=MatchingUse.BIRTH_DATE),
        NewAttribute("legal_form", "Legal form", kind=ORGANISATION),
        NewAttribute("risk_class", "Risk class", AttributeType.CHOICE, "", ("cautious", "balanced", "bold")),
        NewAttribute("identity_checked_on", "Identity checked on", AttributeType.DATE),
        NewAttribute("politically_exposed", "Politically exposed", AttributeType.YES_NO, PERSON),
        NewAttribute("adviser", "Adviser"),
    ),
    queues=(
        NewQueue("Claims", 4 * HOUR),
        NewQueue("Accounts", 2 * HOUR),
        NewQueue("Advice", 8 * HOUR),
    ),
    service_types=service_types(
        ("claim", pgettext_lazy("service type", "Claim")),
        ("account-change", pgettext_lazy("service type", "Change of an account")),
        ("loan", pgettext_lazy("service type", "Loan")),
        ("fees", pgettext_lazy("service type", "Fees")),
        ("fraud", pgettext_lazy("service type", "Fraud")),
    ),
    ticket_attributes=(
        NewTicketAttribute("contract_number", "Contract number"),
        NewTicketAttribute("amount_at_stake", "Amount at stake", AttributeType.NUMBER, service_type="claim"),
        NewTicketAttribute(
            "identity_confirmed_by",
            "Identity confirmed by",
            AttributeType.CHOICE,
            ("call back", "document", "online banking"),
            "account-change",
        ),
    ),
    skills=("Licensed adviser", "Claims assessment", "Fraud"),
    rules=(NewRule("Claims to assessors", "Claims", ("Claims assessment",)),),
    scores={
        "quality": {"half_life_days": 240.0, "prior_weight": 6.0, "exponent": 1.0},
        "reliability": {"half_life_days": 365.0, "prior_weight": 6.0, "exponent": 1.3},
        "responsiveness": {"half_life_days": 240.0, "prior_weight": 6.0, "exponent": 1.3},
        "price": {"half_life_days": 365.0, "prior_weight": 3.0, "exponent": -0.5},
    },
    preferences={
        "purchase_half_life_days": 540.0,
        "interest_half_life_days": 45.0,
        "weights": {
            "category_lift": 0.3,
            "price_fit": 0.1,
            "recent_interest": 0.3,
            "rating": 0.3,
            "popularity": 0.05,
            "stated": 1.0,
        },
    },
)
