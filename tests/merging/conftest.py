"""Two customers who are one."""

from datetime import timedelta

import pytest

from customers.models import Customer, Team
from tests.cast import NOW

Pair = tuple[Customer, Customer]


@pytest.fixture
def firms(north: Team) -> Pair:
    """Acme, and Acme again, a little different."""
    kept = Customer.objects.create(
        kind="organisation",
        name="Acme Pumps",
        country="GB",
        team=north,
        attributes={"employees": "10-49", "website": "https://acme.example"},
        created_at=NOW - timedelta(days=300),
    )
    gone = Customer.objects.create(
        kind="organisation",
        name="ACME Pumps Ltd.",
        country="DE",
        industry="Manufacturing",
        team=north,
        attributes={"employees": "50-249", "vat": "GB123"},
        created_at=NOW - timedelta(days=400),
    )
    return kept, gone


@pytest.fixture
def persons(north: Team) -> Pair:
    """Wang Fang, and Wang Fang again."""
    kept = Customer.objects.create(name="王芳", country="CN", team=north, created_at=NOW - timedelta(days=9))
    gone = Customer.objects.create(
        name="Wang Fang", given_name="Fang", family_name="Wang", language="zh-hans", team=north, created_at=NOW
    )
    return kept, gone
