import pytest
from django.contrib.auth.models import Group, Permission

from crm.roles import prepare_roles

pytestmark = pytest.mark.django_db


def held(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_the_models_of_a_new_release_are_granted_to_the_groups_that_are_there() -> None:
    before = held("Agent")
    Permission.group_set.through.objects.filter(permission__content_type__model="macro").delete()
    prepare_roles()
    assert held("Agent") == before


def test_a_group_stays_as_staff_set_it() -> None:
    Group.objects.get(name="Agent").permissions.remove(Permission.objects.get(codename="change_customer"))
    before = held("Agent")
    prepare_roles()
    assert held("Agent") == before
    assert "change_customer" not in before


def test_a_group_that_was_deleted_is_made_anew() -> None:
    before = held("Lead")
    Group.objects.get(name="Lead").delete()
    prepare_roles()
    assert held("Lead") == before
