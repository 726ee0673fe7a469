"""What the page of a customer says of duplicates: who may be the same, and who was merged into them."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from customers.models import DuplicatePair, Merge

SHOWN = 5

# Read along with the customer: most have neither, and then nothing more is asked.
DUPLICATES = {
    "took_in_others": Exists(Merge.objects.filter(kept=OuterRef("pk"), undone_at=None)),
    "is_first_of_pairs": Exists(DuplicatePair.objects.open().filter(first=OuterRef("pk"))),
    "is_second_of_pairs": Exists(DuplicatePair.objects.open().filter(second=OuterRef("pk"))),
}


def duplicates_context(customer: Any, request: HttpRequest) -> dict[str, Any]:
    """Merges that stand, open pairs, and whether to offer another merge. `customer` is annotated with DUPLICATES."""
    user: Any = request.user
    merges: list[Merge] = []
    if customer.took_in_others and user.has_perm("customers.view_merge"):
        standing = Merge.objects.filter(kept=customer, undone_at=None).select_related("gone")
        merges = list(standing.only("at", "gone__name")[:SHOWN])
    pairs: list[DuplicatePair] = []
    if (customer.is_first_of_pairs or customer.is_second_of_pairs) and user.has_perm("customers.view_duplicatepair"):
        visible = DuplicatePair.objects.visible_to(user).open().of(customer.pk).select_related("first", "second")
        pairs = list(visible[:SHOWN])
    return {
        "merges": merges,
        "pairs": [(pair, pair.second if pair.first_id == customer.pk else pair.first) for pair in pairs],
        "may_merge": user.has_perm("customers.add_merge") and user.has_perm("customers.change_customer"),
        "may_undo": user.has_perm("customers.change_merge") and user.has_perm("customers.change_customer"),
    }
