"""The cases of SugarCRM and SuiteCRM: a table that is added to their format."""

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import TableKind
from customers.importers.mapping.targets import IGNORE

CASES = TableKind(
    code="cases",
    label=_("Cases"),
    content="tickets",
    needs=(
        frozenset({"id"}),
        frozenset({"number", "case number"}),
        frozenset({"subject"}),
        frozenset({"account name", "account id"}),
    ),
    columns={
        "id": "id",
        "number": "number",
        "case number": "number",
        "subject": "subject",
        "description": "description",
        "status": "status",
        "state": "status",
        "type": "service_type",
        "priority": "priority",
        "resolution": "note",
        "work log": "note",
        "account name": "customer.name",
        "account id": "customer.id",
        "assigned to": "assignee",
        "assigned user": IGNORE,
        "date created": "created_at",
        "date modified": "updated_at",
        "created by": IGNORE,
        "modified by": IGNORE,
        "deleted": "deleted",
    },
    constants={"queue": "SugarCRM", "customer.kind": "organisation"},
)
