"""Our own CSV and XLSX: what our customer export writes, and any other list of customers.

What our export writes comes back as it was: a `'` that was put before a formula is taken away, each cell holds one
value, and a row is the customer whom its `id` and `created_at` name, if both are those of a customer here. An export of
another installation has ids of its own, which are never taken for ours.

Any other list is read by what its columns are called, in English or Chinese; a person confirms or changes it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, TableKind, register_format
from customers.importers.mapping.targets import IGNORE

CODE = "candid"
# So many contact points of a kind an export may have: `email`, `email label`, `email 2`, `email 2 label` ...
SLOTS = range(1, 100)
CONTACT_KINDS = ("email", "phone", "messenger", "address")


def _contact_columns() -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in CONTACT_KINDS:
        for slot in SLOTS:
            column = kind if slot == 1 else f"{kind} {slot}"
            found |= {column: f"{kind}#{slot}", f"{column} label": f"{kind}#{slot}.label"}
    return found


_columns = {
    "id": "own_id",
    "source": IGNORE,
    "source_id": IGNORE,
    **{name: name for name in ("kind", "name", "given_name", "family_name", "language", "country", "industry")},
    **{name: name for name in ("team", "owner", "tags", "created_at")},
    **_contact_columns(),
}
EXPORT = TableKind(
    code="export",
    label=_("Customers, exported from Candid"),
    content="customers",
    needs=(frozenset({"id"}), frozenset({"source_id"}), frozenset({"kind"}), frozenset({"name"})),
    columns=_columns,
    is_own=True,
)
LIST = TableKind(code="list", label=_("Customers"), content="customers", needs=(), is_free=True)


def pass_over(names: Iterable[str]) -> None:
    """Have an import of our own export leave these columns out: what stands in them follows from other rows."""
    _columns.update(dict.fromkeys(names, IGNORE))


def register_candid() -> None:
    """Make the format known."""
    register_format(Format(CODE, _("CSV or Excel list of customers"), [EXPORT, LIST]))
