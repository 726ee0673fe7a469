"""What records say of customers, as rows that are not saved yet. Nothing here depends on what other batches write."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.translation import gettext_lazy

from customers.models import ContactPoint, Customer, Team, User
from customers.operations.check_row import check_row
from customers.operations.clean_attributes import BadAttributes, clean_attributes
from customers.operations.records import ContactRecord, CustomerRecord, Refused
from customers.operations.row_maker import RowMaker
from customers.operations.source import Source, uuids_in_a_row

NO_TEAM = gettext_lazy("there is no team named “%(name)s”")
NO_USER = gettext_lazy("there is no user named “%(name)s”")

TEXTS = ("kind", "name", "given_name", "family_name", "language", "country", "industry")

read_texts = attrgetter(*TEXTS)
new_customer = RowMaker(Customer, *TEXTS, "team_id", "owner_id", "attributes", "created_at", "last_activity_at")
new_point = RowMaker(ContactPoint, "id", "kind", "value", "label", "created_at")

# kind and blind index of each contact point of a customer, and whether it is the primary one of its kind
Points = dict[tuple[str, str], bool]


class Draft(NamedTuple):
    """A row of a file as the customer that it would become, with contact points that have their blind indexes."""

    source_id: str
    customer: Customer
    points: Sequence[ContactPoint]


class Drafts:
    """The drafts of a batch of records."""

    def __init__(self, source: Source, records: Sequence[CustomerRecord], team: Team, at: datetime) -> None:
        self._source, self._team, self._at = source, team, at
        self._teams = _team_keys(source.user)
        owners = {record.owner for record in records} - {""}
        self._owners = dict(User.objects.filter(username__in=owners).values_list("username", "pk")) if owners else {}
        # Known before the insert, and in a row, so that an undo keeps them in short.
        self._point_keys = uuids_in_a_row()
        self._ahead: dict[str, Draft | Refused] = {}

    def make_ahead(self, records: Iterable[CustomerRecord]) -> None:
        """Make drafts before they are asked for, and seal what will be encrypted."""
        for record in records:
            try:
                draft = self._ahead[record.source_id] = self._make(record)
            except Refused as refused:
                self._ahead[record.source_id] = refused
            else:
                for point in draft.points:
                    point.value = _sealed(point)

    def of(self, record: CustomerRecord) -> Draft:
        """The draft of a new customer. Raises Refused."""
        draft = self._ahead.get(record.source_id) or self._make(record)
        if isinstance(draft, Refused):
            raise draft
        return draft

    def _make(self, record: CustomerRecord) -> Draft:
        team_id, owner_id = self._looked_after_by(record)
        customer = new_customer(
            *read_texts(record),
            team_id or self._team.pk,
            owner_id,
            self._attributes(record, None),
            record.created_at or self._at,
            self._at,
        )
        check_row(customer, leave_out=("id", "team", "owner", "merged_into"))
        return Draft(record.source_id, customer, self.points(record.contacts, customer.country, {}))

    def values(self, record: CustomerRecord, customer: Customer) -> dict[str, Any]:
        """What a record says of a customer who is here. Raises Refused."""
        values: dict[str, Any] = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
        values["attributes"] = {**customer.attributes, **self._attributes(record, customer)}
        given = zip(("team_id", "owner_id"), self._looked_after_by(record), strict=True)
        return {**values, **{name: key for name, key in given if key is not None}}

    def points(self, contacts: Iterable[ContactRecord], country: str, here: Points) -> list[ContactPoint]:
        """The contact points that are not here yet; they are added to `here`. Raises Refused."""
        missing = []
        for contact in contacts:
            point = new_point(next(self._point_keys), contact.kind, contact.value, contact.label, self._at)
            check_row(point, leave_out=("id", "customer", "blind_index"))
            point.index_value(region=country)
            if (contact.kind, point.blind_index) in here:
                continue
            if contact.is_primary:
                point.is_primary = not any(primary for (kind, _), primary in here.items() if kind == contact.kind)
            here[contact.kind, point.blind_index] = point.is_primary
            missing.append(point)
        return missing

    def _attributes(self, record: CustomerRecord, customer: Customer | None) -> dict[str, Any]:
        if not record.attributes:
            return {}
        try:
            return clean_attributes(
                kind=record.kind,
                values=record.attributes,
                definitions=self._source.attributes,
                kept=customer.attributes if customer else None,
            )
        except BadAttributes as error:
            raise Refused(str(error)) from error

    def _looked_after_by(self, record: CustomerRecord) -> tuple[int | None, int | None]:
        """The keys of the team and the owner that the record names."""
        team = _named(self._teams, record.team, NO_TEAM) if record.team else None
        return team, _named(self._owners, record.owner, NO_USER) if record.owner else None


def _sealed(point: Model) -> Any:
    field: Any = point._meta.get_field("value")
    return field.pre_save(point, add=True)


def _team_keys(user: User | None) -> dict[str, int]:
    teams = Team.objects.all() if user is None or user.sees_all_teams else Team.objects.filter(pk__in=user.team_ids)
    return dict(teams.values_list("name", "pk"))


def _named(keys: dict[str, int], name: str, missing: Any) -> int:
    if name not in keys:
        raise Refused(missing % {"name": name})
    return keys[name]
