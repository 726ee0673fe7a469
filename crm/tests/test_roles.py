import pytest
from django.contrib.auth.models import Group, Permission

from crm.roles import ROLES, prepare_roles

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


def test_each_grant_is_a_permission() -> None:
    there = set(Permission.objects.values_list("codename", flat=True))
    granted = {
        f"{verb}_{model}"
        for grants in ROLES.values()
        for models, verbs in grants.items()
        for model in models
        for verb in verbs
    }
    assert granted - there == set()


def test_a_model_that_a_later_migration_brings_is_granted_then() -> None:
    before = held("Analyst")
    later = Permission.objects.get(codename="view_dashboard")
    kind = later.content_type
    Permission.objects.filter(content_type=kind).delete()
    prepare_roles()
    assert "view_dashboard" not in held("Analyst")
    for codename in {name for name in before if name.endswith("_dashboard")}:
        Permission.objects.create(codename=codename, name=codename, content_type=kind)
    prepare_roles()
    assert held("Analyst") == before
