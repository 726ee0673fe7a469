from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import OnDuplicate, PairSource
from customers.matching.finding import Comparison
from customers.models import ContactPoint, Customer, ExternalId, Tag, Team
from customers.operations.check_row import check_row
from customers.operations.drafts import Draft, Drafts, Points
from customers.operations.ensure_tags import ensure_tags, label_customers
from customers.operations.import_rows import (
    Tally,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
    write_new_rows,
)
from customers.operations.keep_identifiers import keep_identifiers
from customers.operations.profiles import matching_attributes
from customers.operations.queue_duplicates import Pair, pair, queue_duplicates
from customers.operations.record_activity import CustomerIsErased, record_activity
from customers.operations.records import Counts, CustomerRecord, Refused
from customers.operations.row_maker import RowMaker
from customers.operations.source import Changes, Report, Source, chunks
from customers.operations.spot_duplicates import Spotted, spot_duplicates

new_id = RowMaker(ExternalId, "customer_id", "source", "source_id")

# Stands for a row that a rehearsal did not write.
MADE_UP = -1


def import_customers(
    *,
    source: Source,
    records: Sequence[CustomerRecord],
    team: Team,
    at: datetime,
    report: Report,
    turn: "AbstractContextManager[object] | None" = None,
) -> Counts:
    """Bring a batch of customers in, each known by (source, source_id), in one transaction.

    What is empty in a record says nothing: it never blanks what is here. Attributes are laid over those that are
    here, contact points and tags are added and never taken away.

    A new record that looks like a customer who is here is reported, and what becomes of it is the source's to say: it
    is created and the pair put into the review queue, or, where it is sure enough, left out, or taken for that
    customer, who then goes by this id too.

    `turn`: where others bring batches of the same file in at the same time, what makes this one wait until those
    before it are committed. Drafts are made before; all that depends on other rows is done in the turn."""
    tally = Tally(report)
    batch = _Batch(source, without_repeats(records, tally), team, at, tally)
    if turn is not None:
        batch.draft_ahead()
    with turn or nullcontext(), transaction.atomic():
        while batch.records:
            batch.find_known_ones()
            batch.draft_new_ones()
            batch.settle_duplicates()
            batch.revise_known_ones()
            batch.rehearse() if source.rehearsal else batch.write()
            batch = _Batch(source, batch.deferred, team, at, tally)
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: list[CustomerRecord], team: Team, at: datetime, tally: Tally) -> None:
        self.source, self.records, self.at, self.tally = source, records, at, tally
        self.drafts = Drafts(source, records, team, at)
        self.keys: dict[str, int] = {}
        self.hidden: set[str] = set()
        self.new: dict[str, tuple[CustomerRecord, Draft]] = {}
        self.spotted: list[Spotted] = []
        # Records that turned out to be about customers who are here.
        self.linked: list[str] = []
        # Look like new ones of this batch; their turn comes after it.
        self.deferred: list[CustomerRecord] = []
        self.here: dict[str, Customer] = {}
        self.points: dict[int, Points] = {}
        self.changed: dict[int, tuple[Customer, Changes]] = {}
        self.new_points: list[ContactPoint] = []
        self.labelled: list[tuple[Customer, tuple[str, ...]]] = []

    def draft_ahead(self) -> None:
        """Draft the records that are not known yet; some may be when their turn comes."""
        known = self.source.customers(r.source_id for r in self.records)
        self.drafts.make_ahead(record for record in self.records if record.source_id not in known)

    def find_known_ones(self) -> None:
        """Look up which records are about customers whom the source knows."""
        self.keys = self.source.customers(r.source_id for r in self.records)
        self.hidden = self.source.hidden_customers(r.source_id for r in self.records)

    def draft_new_ones(self) -> None:
        """Make customers, not saved yet, of the records that are not known."""
        for record in self.records:
            if record.source_id in self.keys:
                continue
            try:
                if record.source_id in self.hidden:
                    raise Refused(_("belongs to a team whose customers you may not see"))
                self.new[record.source_id] = (record, self.drafts.of(record))
            except Refused as refused:
                self.tally.refuse(record.source_id, str(refused), record.name)

    def settle_duplicates(self) -> None:
        """See which new ones look like customers who are here, or like each other, and do what the source says."""
        for spotted in spot_duplicates(source=self.source, drafts=[draft for _record, draft in self.new.values()]):
            if spotted.stays:
                self.spotted.append(spotted)
                if spotted.comparison is not None:
                    self.tally.duplicate(spotted.source_id, spotted.name, spotted.reason)
            elif self.source.on_duplicate == OnDuplicate.SKIP:
                del self.new[spotted.source_id]
                self.tally.duplicate(spotted.source_id, spotted.name, spotted.reason, left_out=True)
            else:
                self._take_for_another(spotted)

    def _take_for_another(self, spotted: Spotted) -> None:
        """Have the record revise the customer whom it looks like; in another round, if that is a new one of this."""
        record, _draft = self.new.pop(spotted.source_id)
        target = spotted.likest.customer_id if spotted.likest is not None else MADE_UP
        if target == MADE_UP and not self.source.rehearsal:
            self.deferred.append(record)
            return
        self.tally.duplicate(spotted.source_id, spotted.name, spotted.reason)
        self.keys[spotted.source_id] = target
        self.linked.append(spotted.source_id)

    def revise_known_ones(self) -> None:
        """Lock the customers who are here, and put each with the changed or the unchanged."""
        rows = _locked(self.keys.values(), lock=not self.source.rehearsal)
        self.points = _points_of(rows)
        for record in self.records:
            key = self.keys.get(record.source_id)
            if key is None:
                continue
            try:
                if key < 0:  # a rehearsal cannot tell what this row would change in an earlier one
                    self.tally.found(record.source_id, record.name)
                elif key in rows:
                    self._revise(record, rows[key])
                else:
                    raise Refused(_("the customer was deleted meanwhile: import the row again"))
            except Refused as refused:
                self.tally.refuse(record.source_id, str(refused), record.name)

    def _revise(self, record: CustomerRecord, customer: Customer) -> None:
        if customer.erased_at is not None:  # known by an id of ours, which an old export of a list may hold
            raise Refused(str(CustomerIsErased([customer.pk], customer.erased_at)))
        before = set_what_differs(customer, self.drafts.values(record, customer))
        if before:
            check_row(customer, leave_out=("team", "owner", "merged_into"))
        here = dict(self.points.get(customer.pk, {}))
        points = self.drafts.points(record.contacts, customer.country, here)
        self.points[customer.pk] = here
        said = [in_words(customer, before)] if before else []
        self.tally.found(record.source_id, customer.name, changed="; ".join([*said, *(f"+ {p.kind}" for p in points)]))
        if before or points:  # two records may be about one customer: what stood first is what an undo puts back
            _customer, earlier = self.changed.get(customer.pk, (customer, {}))
            self.changed[customer.pk] = (customer, {**before, **earlier})
            self.new_points += _of_customer(points, customer)
        self.here[record.source_id] = customer
        self.labelled.append((customer, record.tags))

    def rehearse(self) -> None:
        """Count what would be created, and have later rows find it."""
        for source_id, (_record, draft) in self.new.items():
            self.tally.create(source_id, draft.customer.name)
        self.source.make_up(Customer, [*self.new, *self.linked])

    def write(self) -> None:
        """Write what is new and what changed, and note the activity of those who were here."""
        changed = [*self.changed.values()]
        update_rows(Customer, changed, at=self.at)
        record_activity(customer_ids=self.changed, at=self.at)
        ids = self._insert()
        created = {row.source_id: self.new[row.source_id][1].customer for row in ids}
        self.source.wrote(Customer, kind="customers", created=[*created.values()], changed=changed)
        self.source.wrote(ExternalId, created=ids)
        self._link()
        of_new_ones = (_of_customer(self.new[source_id][1].points, row) for source_id, row in created.items())
        points = [*chain.from_iterable(of_new_ones), *self.new_points]
        self.source.wrote(ContactPoint, created=write_new_rows(ContactPoint, points))
        self._label([(customer, self.new[source_id][0].tags) for source_id, customer in created.items()])
        self._make_findable(created)

    def _insert(self) -> list[ExternalId]:
        """Write the new customers with the ids by which the source knows them; returns the ids of those taken."""
        ids = {id(draft.customer): source_id for source_id, (_, draft) in self.new.items()}
        written = insert_rows(
            Customer,
            [draft.customer for _, draft in self.new.values()],
            refuse=lambda row, reason: self.tally.refuse(ids[id(row)], reason, row.name),
        )
        external = [new_id(row.pk, self.source.name, ids[id(row)]) for row in written]
        kept = insert_rows(ExternalId, external, refuse=self._take_back)
        for row in kept:
            self.tally.create(row.source_id, self.new[row.source_id][0].name)
        return kept

    def _take_back(self, row: ExternalId, reason: str) -> None:
        self.tally.refuse(row.source_id, reason, self.new[row.source_id][0].name)
        Customer.objects.filter(pk=row.customer_id).delete()

    def _link(self) -> None:
        """Have those who were here go by the ids of the records that are about them, too."""
        links = [
            new_id(self.here[source_id].pk, self.source.name, source_id)
            for source_id in self.linked
            if source_id in self.here
        ]
        refuse = self.tally.refuse
        written = insert_rows(ExternalId, links, refuse=lambda row, reason: refuse(row.source_id, reason))
        self.source.wrote(ExternalId, created=written)

    def _label(self, new_ones: list[tuple[Customer, tuple[str, ...]]]) -> None:
        labelled = [*new_ones, *self.labelled]
        names = {name for _, names in labelled for name in names}
        if not names:
            return
        here = {*Tag.objects.values_list("pk", flat=True)}
        tags = ensure_tags(names=names)
        self.source.wrote(Tag, created=[tag for tag in {*tags.values()} if tag.pk not in here])
        rows = label_customers(pairs=[(customer.pk, tags[name].pk) for customer, names in labelled for name in names])
        self.source.wrote(Customer.tags.through, created=rows)

    def _make_findable(self, created: Mapping[str, Customer]) -> None:
        """Put the pairs of those who look alike into the review queue, and keep what identifies everybody."""
        found: dict[Pair, Comparison] = {}
        for spotted in self.spotted:
            if spotted.source_id in created:
                key = created[spotted.source_id].pk
                found.update({pair(key, other.customer_id): other.comparison for other in spotted.duplicates})
                if spotted.twin is not None and spotted.twin[0] in created:
                    found[pair(key, created[spotted.twin[0]].pk)] = spotted.twin[1]
        if found:
            queue_duplicates(found=found, found_by=PairSource.IMPORT, at=self.at)
        attributes = matching_attributes(self.source.attributes.values())
        if attributes.identifiers:
            rows = [
                *created.values(),
                *(customer for customer, before in self.changed.values() if "attributes" in before),
            ]
            keep_identifiers(wanted={row.pk: attributes.identifiers_in(row.attributes) for row in rows})


def _of_customer(points: Iterable[ContactPoint], customer: Customer) -> list[ContactPoint]:
    """The contact points, put down to a customer who has a key by now."""
    own = list(points)
    for point in own:
        point.customer_id = customer.pk
    return own


def _locked(customer_ids: Iterable[int], *, lock: bool) -> dict[int, Customer]:
    """The customers by key, locked in its order, so that nobody changes one between being read and being written."""
    found: dict[int, Customer] = {}
    for ids in chunks(sorted({pk for pk in customer_ids if pk > 0})):
        rows = Customer.objects.filter(pk__in=ids).order_by("pk")
        found.update((row.pk, row) for row in (rows.select_for_update() if lock else rows))
    return found


def _points_of(customer_ids: Iterable[int]) -> dict[int, Points]:
    found: dict[int, Points] = defaultdict(dict)
    for ids in chunks(customer_ids):
        rows = ContactPoint.objects.filter(customer__in=ids).values_list(
            "customer_id", "kind", "blind_index", "is_primary"
        )
        for customer_id, kind, index, is_primary in rows:
            found[customer_id][kind, index] = is_primary
    return found
