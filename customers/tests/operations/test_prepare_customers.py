"""What every installation starts with is nobody's doing."""

import pytest

from customers.choices import RetentionKind
from customers.models import AuditEntry, RetentionRule
from customers.operations.prepare_customers import prepare_customers

pytestmark = pytest.mark.django_db


def test_rules_of_retention_are_made_without_an_entry_each() -> None:
    RetentionRule.objects.all()._raw_delete("default")
    before = AuditEntry.objects.count()
    prepare_customers()
    assert RetentionRule.objects.count() == len(RetentionKind)
    assert AuditEntry.objects.count() == before
