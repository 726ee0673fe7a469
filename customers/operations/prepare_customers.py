from typing import Any

from django.db import connection, transaction

from customers.encryption.keyring import make_data_keys
from customers.models import RelationType, Team

FIRST_TEAM = "Everybody"

# code, name, inverse name, from kind, to kind, is_with_us, is_hierarchy
RELATION_TYPES = [
    ("works-for", "works for", "employs", "person", "organisation", False, False),
    ("parent-of", "parent of", "subsidiary of", "organisation", "organisation", False, True),
    ("supplies", "supplies", "is supplied by", "organisation", "organisation", False, False),
    ("married-to", "married to", "married to", "person", "person", False, False),
    ("reports-to", "reports to", "leads", "person", "person", False, True),
    ("referred-by", "referred by", "referred", "", "", False, False),
    ("prospect", "prospect of ours", "we court", "", "", True, False),
    ("client", "client of ours", "we serve", "", "", True, False),
    ("partner", "partner of ours", "we work with", "", "", True, False),
    ("supplier", "supplier of ours", "we buy from", "organisation", "", True, False),
]


def prepare_customers(**signal: Any) -> None:
    """What every installation starts with, after each migrate: the data keys, a first team, and the usual relation
    types. Only where there is none: what staff deleted does not come back."""
    if Team._meta.db_table not in connection.introspection.table_names():  # migrated back to zero
        return
    make_data_keys()
    with transaction.atomic():
        if not Team.objects.exists():
            Team.objects.create(name=FIRST_TEAM)
        if not RelationType.objects.exists():
            RelationType.objects.bulk_create(
                RelationType(
                    code=code,
                    name=name,
                    inverse_name=inverse,
                    from_kind=a,
                    to_kind=b,
                    is_with_us=us,
                    is_hierarchy=tree,
                )
                for code, name, inverse, a, b, us, tree in RELATION_TYPES
            )
