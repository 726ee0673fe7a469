from typing import Any

from customers.models import Customer
from customers.operations.erasure_hindrances import erasure_hindrances
from customers.operations.rows_about import keys_about, person_ids
from customers.registry import register_entries


def preview_erasure(*, customer: Customer) -> dict[str, Any]:
    """What an erasure would do, without doing it: {"customers": keys, those who were merged into them included, "rows":
    {model label: how many}, "hindrances": [why it cannot be done now]}. What becomes of the rows of each model, and why
    some columns are kept, the register says."""
    ids = person_ids(customer=customer)
    counts = {entry.model: len(keys_about(entry, ids)) for entry in register_entries() if entry.about}
    return {
        "customers": ids,
        "rows": {label: count for label, count in counts.items() if count},
        "hindrances": erasure_hindrances(customer=customer, ids=ids),
    }
