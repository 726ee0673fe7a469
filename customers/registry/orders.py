"""The register: what was bought, and the catalogue."""

from customers.registry import Entry, direct, free, indirect, none, staff
from customers.registry.terms import BOOKS, FIGURES, LINK, OnErasure, Purpose, Retention

ENTRIES = (
    Entry(
        "customers.Order",
        Purpose.SELL,
        Retention.BOOKS,
        (
            none("id version source"),
            indirect("customer", keep=LINK),
            indirect("number status currency ordered_at promised_at delivered_at total", keep=BOOKS),
            indirect("created_at", keep=FIGURES),
            direct("source_id", OnErasure.NULL),
        ),
        about=("customer",),
    ),
    Entry(
        "customers.OrderLine",
        Purpose.SELL,
        Retention.BOOKS,
        (none("id"), indirect("order product quantity unit_price list_price", keep=BOOKS)),
        about=("order__customer",),
    ),
    Entry(
        "customers.Category",
        Purpose.RUN,
        Retention.USE,
        (none("id version name parent"),),
    ),
    Entry(
        "customers.Product",
        Purpose.RUN,
        Retention.USE,
        (none("id version source source_id sku name category list_price currency is_active"),),
    ),
    Entry(
        "customers.RelationType",
        Purpose.RUN,
        Retention.USE,
        (
            none(
                "id version code name inverse_name from_kind to_kind is_with_us is_hierarchy from_is_above is_household"
            ),
        ),
    ),
    Entry(
        "customers.CustomAttribute",
        Purpose.RUN,
        Retention.USE,
        (none("id version code name type choices is_required position kind matching"),),
    ),
    Entry(
        "customers.Tag",
        Purpose.SERVE,
        Retention.USE,
        (none("id version folded colour"), free("name", OnErasure.REDACT)),
    ),
    Entry(
        "customers.Segment",
        Purpose.SERVE,
        Retention.USE,
        (
            none("id version is_shared created_at"),
            free("name description definition", OnErasure.REDACT),
            staff("owner"),
        ),
    ),
)
