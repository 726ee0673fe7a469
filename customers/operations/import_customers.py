from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import OnDuplicate, PairSource
from customers.matching.finding import Comparison
from customers.models import ContactPoint, Customer, ExternalId, Tag, Team, User
from customers.operations.check_row import check_row
from customers.operations.clean_attributes import BadAttributes, clean_attributes
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
from customers.operations.record_activity import record_activity
from customers.operations.records import ContactRecord, Counts, CustomerRecord, Refused
from customers.operations.row_maker import RowMaker
from customers.operations.source import Changes, Report, Source, chunks, uuids_in_a_row
from customers.operations.spot_duplicates import Draft, Spotted, spot_duplicates

TEXTS = ("kind", "name", "given_name", "family_name", "language", "country", "industry")

new_customer = RowMaker(Customer, *TEXTS, "team_id", "owner_id", "attributes", "created_at", "last_activity_at")
new_point = RowMaker(ContactPoint, "kind", "value", "label", "created_at")

NO_TEAM = gettext_lazy("there is no team named “%(name)s”")
NO_USER = gettext_lazy("there is no user named “%(name)s”")

# Stands for a row that a rehearsal did not write.
MADE_UP = -1

# kind and blind index of each contact point of a customer, and whether it is the primary one of its kind
Points = dict[tuple[str, str], bool]


@transaction.atomic
def import_customers(
    *, source: Source, records: Sequence[CustomerRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of customers in, each known by (source, source_id).

    What is empty in a record says nothing: it never blanks what is here. Attributes are laid over those that are
    here, contact points and tags are added and never taken away.

    A new record that looks like a customer who is here is reported, and what becomes of it is the source's to say: it
    is created and the pair put into the review queue, or, where it is sure enough, left out, or taken for that
    customer, who then goes by this id too."""
    tally = Tally(report)
    waiting = without_repeats(records, tally)
    while waiting:
        batch = _Batch(source, waiting, team, at, tally)
        batch.draft_new_ones()
        batch.settle_duplicates()
        batch.revise_known_ones()
        batch.rehearse() if source.rehearsal else batch.write()
        waiting = batch.deferred
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: list[CustomerRecord], team: Team, at: datetime, tally: Tally) -> None:
        self.source, self.records, self.team, self.at, self.tally = source, records, team, at, tally
        self.keys = source.customers(r.source_id for r in records)
        self.hidden = source.hidden_customers(r.source_id for r in records)
        self.teams = _team_keys(source.user)
        owners = {r.owner for r in records} - {""}
        self.owners = dict(User.objects.filter(username__in=owners).values_list("username", "pk"))
        self.new: dict[str, tuple[CustomerRecord, Draft]] = {}
        self.spotted: list[Spotted] = []
        # Records that turned out to be about customers who are here.
        self.linked: list[str] = []
        # Look like new ones of this batch; their turn comes after it.
        self.deferred: list[CustomerRecord] = []
        self.here: dict[str, Customer] = {}
        self.points: dict[int, Points] = {}
        self.changed: dict[int, tuple[Customer, Changes]] = {}
        self.new_points: list[tuple[Customer, ContactPoint]] = []
        self.labelled: list[tuple[Customer, tuple[str, ...]]] = []

    def draft_new_ones(self) -> None:
        """Make customers, not saved yet, of the records that are not known."""
        for record in self.records:
            if record.source_id not in self.keys:
                try:
                    self.new[record.source_id] = (record, self._draft(record))
                except Refused as refused:
                    self.tally.refuse(record.source_id, str(refused), record.name)

    def _draft(self, record: CustomerRecord) -> Draft:
        if record.source_id in self.hidden:
            raise Refused(_("belongs to a team whose customers you may not see"))
        team_id, owner_id = self._looked_after_by(record)
        customer = new_customer(
            *[getattr(record, name) for name in TEXTS],
            team_id or self.team.pk,
            owner_id,
            self._attributes(record, None),
            record.created_at or self.at,
            self.at,
        )
        check_row(customer, leave_out=("id", "team", "owner", "merged_into"))
        return Draft(record.source_id, customer, self._missing_points(customer, record.contacts))

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
        before = set_what_differs(customer, self._values(record, customer))
        if before:
            check_row(customer, leave_out=("team", "owner", "merged_into"))
        points = self._missing_points(customer, record.contacts)
        said = [in_words(customer, before)] if before else []
        self.tally.found(record.source_id, customer.name, changed="; ".join([*said, *(f"+ {p.kind}" for p in points)]))
        if before or points:  # two records may be about one customer: what stood first is what an undo puts back
            _customer, earlier = self.changed.get(customer.pk, (customer, {}))
            self.changed[customer.pk] = (customer, {**before, **earlier})
            self.new_points += [(customer, point) for point in points]
        self.here[record.source_id] = customer
        self.labelled.append((customer, record.tags))

    def _values(self, record: CustomerRecord, customer: Customer) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
        values["attributes"] = {**customer.attributes, **self._attributes(record, customer)}
        given = zip(("team_id", "owner_id"), self._looked_after_by(record), strict=True)
        return {**values, **{name: key for name, key in given if key is not None}}

    def _attributes(self, record: CustomerRecord, customer: Customer | None) -> dict[str, Any]:
        if not record.attributes:
            return {}
        try:
            return clean_attributes(
                kind=record.kind,
                values=record.attributes,
                definitions=self.source.attributes,
                kept=customer.attributes if customer else None,
            )
        except BadAttributes as error:
            raise Refused(str(error)) from error

    def _looked_after_by(self, record: CustomerRecord) -> tuple[int | None, int | None]:
        """The keys of the team and the owner that the record names."""
        team = _named(self.teams, record.team, NO_TEAM) if record.team else None
        return team, _named(self.owners, record.owner, NO_USER) if record.owner else None

    def _missing_points(self, customer: Customer, contacts: Iterable[ContactRecord]) -> list[ContactPoint]:
        here: Points = dict(self.points.get(customer.pk, {}))
        missing = []
        for contact in contacts:
            point = new_point(contact.kind, contact.value, contact.label, self.at)
            check_row(point, leave_out=("id", "customer", "blind_index"))
            point.index_value(region=customer.country)
            if (contact.kind, point.blind_index) in here:
                continue
            has_primary = any(primary for (kind, _), primary in here.items() if kind == contact.kind)
            point.is_primary = contact.is_primary and not has_primary
            here[contact.kind, point.blind_index] = point.is_primary
            missing.append(point)
        if customer.pk:
            self.points[customer.pk] = here
        return missing

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
        created = {row.source_id: row.customer for row in ids}
        self.source.wrote(Customer, kind="customers", created=[*created.values()], changed=changed)
        self.source.wrote(ExternalId, created=ids)
        self._link()
        drafts = (self.new[source_id][1] for source_id in created)
        self._write_points([(draft.customer, point) for draft in drafts for point in draft.points])
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
        external = [ExternalId(customer=row, source=self.source.name, source_id=ids[id(row)]) for row in written]
        kept = insert_rows(ExternalId, external, refuse=lambda row, reason: _take_back(row, reason, self.tally))
        for row in kept:
            self.tally.create(row.source_id, row.customer.name)
        return kept

    def _link(self) -> None:
        """Have those who were here go by the ids of the records that are about them, too."""
        links = [
            ExternalId(customer=self.here[source_id], source=self.source.name, source_id=source_id)
            for source_id in self.linked
            if source_id in self.here
        ]
        refuse = self.tally.refuse
        written = insert_rows(ExternalId, links, refuse=lambda row, reason: refuse(row.source_id, reason))
        self.source.wrote(ExternalId, created=written)

    def _write_points(self, of_new_ones: list[tuple[Customer, ContactPoint]]) -> None:
        pairs = [*of_new_ones, *self.new_points]
        for (customer, point), key in zip(pairs, uuids_in_a_row(len(pairs)), strict=True):
            point.pk, point.customer_id = key, customer.pk
        self.source.wrote(ContactPoint, created=write_new_rows(ContactPoint, [point for _, point in pairs]))

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


def _take_back(row: ExternalId, reason: str, tally: Tally) -> None:
    tally.refuse(row.source_id, reason, row.customer.name)
    Customer.objects.filter(pk=row.customer_id).delete()


def _locked(customer_ids: Iterable[int], *, lock: bool) -> dict[int, Customer]:
    """The customers by key, locked in its order, so that nobody changes one between being read and being written."""
    found: dict[int, Customer] = {}
    for ids in chunks(sorted({pk for pk in customer_ids if pk > 0})):
        rows = Customer.objects.filter(pk__in=ids).order_by("pk")
        found.update((row.pk, row) for row in (rows.select_for_update() if lock else rows))
    return found


def _team_keys(user: User | None) -> dict[str, int]:
    teams = Team.objects.all() if user is None or user.sees_all_teams else Team.objects.filter(pk__in=user.team_ids)
    return dict(teams.values_list("name", "pk"))


def _points_of(customer_ids: Iterable[int]) -> dict[int, Points]:
    found: dict[int, Points] = defaultdict(dict)
    for ids in chunks(customer_ids):
        rows = ContactPoint.objects.filter(customer__in=ids).values_list(
            "customer_id", "kind", "blind_index", "is_primary"
        )
        for customer_id, kind, index, is_primary in rows:
            found[customer_id][kind, index] = is_primary
    return found


def _named(keys: Mapping[str, int], name: str, missing: Any) -> int:
    if name not in keys:
        raise Refused(missing % {"name": name})
    return keys[name]
