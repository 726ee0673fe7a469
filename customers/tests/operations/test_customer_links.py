"""Which models refer to customers, and what a merge does with their rows."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from customers.choices import OnMerge
from customers.models import Customer, Interaction, Team
from customers.operations import customer_links as module
from customers.operations.customer_links import customer_links, fact_subjects
from customers.operations.merge_customers import merge_customers
from customers.tests.operations.merging import twins
from tests.cast import NOW


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model that does not say what becomes of its rows."""
    monkeypatch.setattr(Interaction, "on_merge", {})
    module._links.cache_clear()
    yield
    module._links.cache_clear()


def test_every_foreign_key_to_a_customer_says_what_a_merge_does_with_its_rows() -> None:
    found = {(link.label, link.field) for link in customer_links(*OnMerge)}
    keys = {
        (model._meta.label, field.name)
        for model in Customer._meta.apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Customer and not model._meta.proxy
    }
    assert found == keys
    assert ("services.Ticket", "requester") in found
    assert ("customers.Customer_tags", "customer") in found


def test_nothing_declares_a_key_that_is_not_there() -> None:
    declared = {
        (model._meta.label, name)
        for model in Customer._meta.apps.get_models()
        if not model._meta.proxy
        for name in getattr(model, "on_merge", {})
    }
    assert declared == {(link.label, link.field) for link in customer_links(*OnMerge) if "_tags" not in link.label}


@pytest.mark.django_db
def test_while_a_model_says_nothing_nobody_is_merged(north: Team, forgetful: None) -> None:
    kept, gone = twins(north)
    with pytest.raises(ImproperlyConfigured, match=r"customers\.Interaction\.customer"):
        merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    assert Customer.objects.living().count() == 2


def test_every_kind_of_subject_of_a_fact_has_its_model() -> None:
    from customers.choices import SubjectType

    assert {subject.type for subject in fact_subjects()} == set(SubjectType.values)
