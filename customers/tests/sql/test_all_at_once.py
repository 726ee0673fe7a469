"""Many tables made by one step of a migration."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from customers.sql.all_at_once import AllAtOnce

pytestmark = pytest.mark.django_db(transaction=True)
KEY = ("id", models.BigAutoField(primary_key=True))


@pytest.fixture
def step() -> AllAtOnce:
    """Two tables, the second of which leans on the first."""
    shelf: Any = models.ForeignKey("customers.TryShelf", models.CASCADE)
    indexes = [models.Index(fields=["name"], name="try_shelf_name")]
    return AllAtOnce(
        [
            migrations.CreateModel("TryShelf", [KEY, ("name", models.CharField(max_length=9))], {"indexes": indexes}),
            migrations.CreateModel("TryBook", [KEY, ("shelf", shelf)]),
        ]
    )


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("customers_try")}


def test_all_are_made_and_all_are_taken_away(step: AllAtOnce) -> None:
    before, after = ProjectState(), ProjectState()
    step.state_forwards("customers", after)
    with connection.schema_editor() as editor:
        step.database_forwards("customers", editor, before, after)
    try:
        assert tables() == {"customers_tryshelf", "customers_trybook"}
        Book = after.apps.get_model("customers", "TryBook")
        shelf = after.apps.get_model("customers", "TryShelf").objects.create(name="one")
        assert Book.objects.create(shelf=shelf).shelf_id == shelf.pk
        with connection.cursor() as cursor:
            made = connection.introspection.get_constraints(cursor, "customers_tryshelf")
        assert made["try_shelf_name"]["columns"] == ["name"]
    finally:
        with connection.schema_editor() as editor:
            step.database_backwards("customers", editor, after, before)
    assert tables() == set()


def test_models_that_were_drawn_before_are_drawn_again(step: AllAtOnce) -> None:
    state = ProjectState()
    assert not state.apps.get_models()
    step.state_forwards("customers", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"TryShelf", "TryBook"}
    assert step.describe() == "Create 2 models at once"
