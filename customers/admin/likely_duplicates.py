"""The form of a new customer comes back once when it looks like customers who are here: nothing typed is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from customers.admin.forms import CandidForm
from customers.admin.pair_words import reasons_in
from customers.choices import ContactKind
from customers.models import Customer, User
from customers.operations.look_for_duplicates import duplicates_of, namesakes_of
from customers.operations.records import ContactRecord

POINTS = "contact_points"
MOST_POINTS = 1000
MOST_SHOWN = 5
ANYWAY = "save_anyway"


@dataclass(frozen=True, slots=True)
class Likely:
    """A customer whom the new one looks like, for the page."""

    customer: Customer
    share: int  # per cent
    reasons: list[str]


class AsksAboutDuplicates(CandidForm):
    """The form of a customer. `viewer`: who must be able to see a customer to be told of them; None: nobody is."""

    viewer: User | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.likely: list[Likely] = []

    @property
    def saves_anyway(self) -> bool:
        """Whether the user has seen the list and wants one more customer."""
        return bool(self.data.get(ANYWAY))

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk or self.viewer is None or not self.cleaned_data.get("name"):
            return
        self.likely = self._look(self.viewer)
        if self.likely and not self.saves_anyway:
            self.add_error(
                None,
                ngettext(
                    "This looks like a customer who is here already. Nothing was saved; what you typed is still here.",
                    "This looks like customers who are here already. Nothing was saved; what you typed is still here.",
                    len(self.likely),
                ),
            )

    def _look(self, viewer: User) -> list[Likely]:
        points = list(self._posted_points())
        found = duplicates_of(customer=self.instance, contact_points=points)
        if not found and not points:  # nothing but a name is known
            found = namesakes_of(customer=self.instance, among=Customer.objects.visible_to(viewer))
        visible = Customer.objects.visible_to(viewer).select_related("team").in_bulk([d.customer_id for d in found])
        return [
            Likely(
                visible[duplicate.customer_id],
                int(100 * duplicate.likeness),
                [reason.text for reason in reasons_in(duplicate.comparison.reasons())],
            )
            for duplicate in found
            if duplicate.customer_id in visible
        ][:MOST_SHOWN]

    def _posted_points(self) -> Iterator[ContactRecord]:
        """The contact points below the form, as they were typed: whether they are right is asked there."""
        total = str(self.data.get(f"{POINTS}-TOTAL_FORMS", "0"))
        for number in range(min(int(total), MOST_POINTS) if total.isascii() and total.isdigit() else 0):
            kind, value, gone = (self.data.get(f"{POINTS}-{number}-{name}") for name in ("kind", "value", "DELETE"))
            if kind in ContactKind.values and value and value.strip() and not gone:
                yield ContactRecord(kind, value)
