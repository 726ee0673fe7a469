from customers.models import Customer
from customers.operations.forget_profile import forget_profile
from customers.operations.set_privacy_flag import COLUMNS


def carry_flags(*, kept: Customer, gone: Customer) -> None:
    """Whoever is kept is restricted, or objects to profiling, if either did: it is the safe side, and what was said
    stands in the history of both, which goes over. In the caller's transaction. An undo leaves it so."""
    carried = [name for name in COLUMNS.values() if getattr(kept, name) is None and getattr(gone, name) is not None]
    for name in carried:
        setattr(kept, name, getattr(gone, name))
    if carried:
        kept.save_checked(update_fields=carried)
        forget_profile(customer_ids=[kept.pk], with_history=False)
