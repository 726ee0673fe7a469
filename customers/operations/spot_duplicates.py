from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import OnDuplicate
from customers.matching.finding import Comparison
from customers.matching.weights import DEFAULT
from customers.models import Customer
from customers.operations.drafts import Draft
from customers.operations.find_duplicates import Duplicate, find_duplicates
from customers.operations.newcomers import Newcomer, Newcomers
from customers.operations.profiles import matching_attributes
from customers.operations.source import Source, chunks

# A rehearsal writes nothing, so rows are compared with those before them in memory: with the first so many.
REHEARSED_AT_MOST = 10_000
# What reasons are given in a report: those that say most.
REASONS_TOLD = 3
WORDS = {
    "name": gettext_lazy("name"),
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "birth_date": gettext_lazy("date of birth"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "address": gettext_lazy("address"),
    "country": gettext_lazy("country"),
}
MOST_ALIKE = 99  # per cent: never 100 while anybody has to look


@dataclass(frozen=True, slots=True)
class Spotted:
    """What a row looks like. `duplicates`: customers who are here, whoever may see them; the pairs go into the queue.

    `seen`: the likeliest among them whom the importer may see. `twin`: an earlier row of the file, by its id. `stays`:
    the row becomes a customer."""

    source_id: str
    name: str
    duplicates: list[Duplicate]
    seen: Duplicate | None
    twin: tuple[str, Comparison] | None
    stays: bool = True

    @property
    def likest(self) -> Duplicate | None:
        """The customer whom it looks like most, and more than an earlier row."""
        if self.seen is None or (self.twin is not None and self.twin[1].total > self.seen.comparison.total):
            return None
        return self.seen

    @property
    def comparison(self) -> Comparison | None:
        """With the customer or the row that it looks like most; None where it looks like nobody."""
        if self.likest is not None:
            return self.likest.comparison
        return self.twin[1] if self.twin is not None else None

    @property
    def reason(self) -> str:
        """What it looks like and why, for the report. Others read it than the importer: it names nobody, and whoever
        sees the customer finds the name beside it."""
        if self.comparison is None:
            return ""
        for_it = sorted((found for found in self.comparison.findings if found.points > 0), key=lambda f: -f.points)
        why = ", ".join(str(WORDS.get(found.what, found.what)) for found in for_it[:REASONS_TOLD])
        said: dict[str, object] = {"percent": min(MOST_ALIKE, round(100 * self.comparison.likeness)), "why": why}
        if self.likest is not None:
            return _("%(percent)d%% like customer #%(id)d (%(why)s)") % {**said, "id": self.likest.customer_id}
        said["row"] = self.twin[0] if self.twin else ""
        return _("%(percent)d%% like row “%(row)s” of this file (%(why)s)") % said


def spot_duplicates(*, source: Source, drafts: Sequence[Draft]) -> Iterator[Spotted]:
    """What drafts look like, of each that looks like somebody: customers who are here, and drafts before it that stay.

    A draft stays unless the source says that sure duplicates are to be left out or taken for who is here."""
    attributes = matching_attributes(source.attributes.values())
    newcomers = [Newcomer(draft.customer, draft.points, attributes) for draft in drafts]
    found = find_duplicates(newcomers=newcomers, attributes=attributes)
    visible = _visible(source, {duplicate.customer_id for duplicates in found for duplicate in duplicates})
    earlier = _earlier(source, len(drafts))
    for draft, one, duplicates in zip(drafts, newcomers, found, strict=True):
        twin = earlier.likest(one)
        if not duplicates and twin is None:
            earlier.add(draft.source_id, one)
            continue
        seen = next((other for other in duplicates if other.customer_id in visible), None)
        spotted = Spotted(draft.source_id, draft.customer.name, duplicates, seen, twin)
        sure = spotted.comparison is not None and spotted.comparison.likeness >= DEFAULT.sure_at
        if sure and source.on_duplicate != OnDuplicate.CREATE:
            yield replace(spotted, stays=False)
        else:
            earlier.add(draft.source_id, one)
            yield spotted


def _earlier(source: Source, drafts: int) -> Newcomers:
    if not source.rehearsal:
        return Newcomers(drafts)
    source.newcomers = source.newcomers or Newcomers(REHEARSED_AT_MOST)
    return source.newcomers


def _visible(source: Source, customer_ids: set[int]) -> set[int]:
    """Those whom the importer may see; the others are not spoken of, nor written to."""
    rows = Customer.objects.all() if source.user is None else Customer.objects.visible_to(source.user)
    return {pk for ids in chunks(customer_ids) for pk in rows.filter(pk__in=ids).values_list("pk", flat=True)}
