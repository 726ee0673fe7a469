from typing import Any

from django.db import connection, transaction
from django.utils.translation import override, pgettext_lazy

from customers.audit.origin import in_bulk
from customers.encryption.keyring import make_data_keys
from customers.models import RelationType, Team
from customers.operations.ensure_retention_rules import ensure_retention_rules

FIRST_TEAM = "Everybody"

HOUSEHOLD = "lives-with"
REPORTS_TO = "reports-to"

# code, from kind, to kind, is_with_us, is_hierarchy
RELATION_TYPES = [
    ("works-for", "person", "organisation", False, False),
    ("parent-of", "organisation", "organisation", False, True),
    ("supplies", "organisation", "organisation", False, False),
    ("married-to", "person", "person", False, False),
    (HOUSEHOLD, "person", "person", False, False),
    (REPORTS_TO, "person", "person", False, True),
    ("referred-by", "", "", False, False),
    ("prospect", "", "", True, False),
    ("client", "", "", True, False),
    ("former-client", "", "", True, False),
    ("partner", "", "", True, False),
    ("supplier", "organisation", "", True, False),
]
# code -> name, inverse name: stored in English, shown in the reader's language
RELATION_NAMES = {
    "works-for": (pgettext_lazy("relation type", "works for"), pgettext_lazy("relation type", "employs")),
    "parent-of": (pgettext_lazy("relation type", "parent of"), pgettext_lazy("relation type", "subsidiary of")),
    "supplies": (pgettext_lazy("relation type", "supplies"), pgettext_lazy("relation type", "is supplied by")),
    "married-to": (pgettext_lazy("relation type", "married to"), pgettext_lazy("relation type", "married to")),
    HOUSEHOLD: (pgettext_lazy("relation type", "lives with"), pgettext_lazy("relation type", "lives with")),
    REPORTS_TO: (pgettext_lazy("relation type", "reports to"), pgettext_lazy("relation type", "leads")),
    "referred-by": (pgettext_lazy("relation type", "referred by"), pgettext_lazy("relation type", "referred")),
    "prospect": (pgettext_lazy("relation type", "prospect of ours"), pgettext_lazy("relation type", "we court")),
    "client": (pgettext_lazy("relation type", "client of ours"), pgettext_lazy("relation type", "we serve")),
    "former-client": (
        pgettext_lazy("relation type", "former client of ours"),
        pgettext_lazy("relation type", "we served"),
    ),
    "partner": (pgettext_lazy("relation type", "partner of ours"), pgettext_lazy("relation type", "we work with")),
    "supplier": (pgettext_lazy("relation type", "supplier of ours"), pgettext_lazy("relation type", "we buy from")),
}


def prepare_customers(**signal: Any) -> None:
    """What every installation starts with, after each migrate: the data keys, the retention rules, a first team, and
    the usual relation types. Only where there is none: what staff deleted does not come back."""
    if Team._meta.db_table not in connection.introspection.table_names():  # migrated back to zero
        return
    make_data_keys()
    with transaction.atomic(), override(None), in_bulk():  # nobody's doing
        ensure_retention_rules()
        if not Team.objects.exists():
            Team.objects.create(name=FIRST_TEAM)
        if not RelationType.objects.exists():
            RelationType.objects.bulk_create(
                RelationType(
                    code=code,
                    name=str(RELATION_NAMES[code][0]),
                    inverse_name=str(RELATION_NAMES[code][1]),
                    from_kind=a,
                    to_kind=b,
                    is_with_us=us,
                    is_hierarchy=tree,
                    from_is_above=code != REPORTS_TO,
                    is_household=code == HOUSEHOLD,
                )
                for code, a, b, us, tree in RELATION_TYPES
            )
