"""Queries that read aloud. `visible_to(user)` is the one gate: API, admin, forms and exports all go through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.core.cache import cache
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from customers.audit.rows import AuditedQuerySet
from customers.encryption.blind_index import blind_index, domain_index
from customers.folding import fold

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from customers.models import User

Row = TypeVar("Row", bound=Model, covariant=True)

# Customers who share one e-mail address or phone number: more are not looked at.
MOST_REACHED = 500
# Of a text that is looked for in names.
MOST_SEARCHED_SIGNS, MOST_SEARCHED_WORDS = 1000, 30
# Fewer digits are part of a name or an address, not a phone number.
FEWEST_DIGITS = 5
USUAL_COUNTRIES = 10


class ScopedQuerySet(AuditedQuerySet[Row]):
    """Rows that belong to a team, directly or through another row. A user sees the rows of their teams and those
    they own themselves; `see_all_teams` lifts the limit. Whoever is not logged in and active sees nothing."""

    team_path = "team"
    owner_path = ""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows that this user may see."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_all_teams:
            return self
        return self.filter(self.scope_of(user))

    def scope_of(self, user: User) -> Q:
        """The condition behind `visible_to` for a user with limited sight."""
        scope = Q(**{f"{self.team_path}__in": user.team_ids})
        if self.owner_path:
            scope |= Q(**{self.owner_path: user.pk})
        return scope


class OpenCatalogueQuerySet(AuditedQuerySet[Row]):
    """Rows of the common catalogue (products, relation types, queues): every active user may see them."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All rows for an active user, none for anyone else."""
        return self if user.is_authenticated and user.is_active else self.none()


class OwnQuerySet(AuditedQuerySet[Row]):
    """Rows that only their owner sees."""

    owner_path = "owner"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own rows."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(**{self.owner_path: user.pk})


class AccountQuerySet(OwnQuerySet[Row]):
    """What belongs to somebody's account, such as sessions and tokens: one's own, and all for an administrator."""

    owner_path = "user"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own rows, or all for whoever may see those of everybody."""
        if user.is_authenticated and user.is_active and user.has_perm(f"customers.view_{self.model._meta.model_name}"):
            return self
        return super().visible_to(user)


class JobQuerySet(OwnQuerySet[Row]):
    """Long work: whoever started it sees it, and who sees all teams sees all of it."""

    owner_path = "created_by"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own jobs, or all."""
        if user.is_authenticated and user.is_active and user.sees_all_teams:
            return self
        return super().visible_to(user)


class SegmentQuerySet(AuditedQuerySet[Row]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Shared segments, and the user's own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(Q(is_shared=True) | Q(owner=user.pk))


class CustomerQuerySet(ScopedQuerySet[Row]):
    owner_path = "owner"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The customers that this user may see. One that was merged into another is seen by nobody."""
        return super().visible_to(user).living()

    def living(self) -> Self:
        """Customers that were not merged into another."""
        return self.filter(merged_into=None)

    def present(self) -> Self:
        """Living customers who are no tombstone: those who may be the same as somebody else."""
        return self.living().filter(erased_at=None)

    def profiled(self) -> Self:
        """Living customers of whom a score and preferences may be computed: neither restricted nor erased, and who did
        not object. analytics.sql.profiled says the same in SQL."""
        return self.living().filter(restricted_at=None, profiling_objected_at=None, erased_at=None)

    def for_campaigns(self) -> Self:
        """Without those whose data may only be kept (GDPR art. 18), and tombstones."""
        return self.filter(restricted_at=None, erased_at=None)

    def meeting(self, condition: Q) -> Self:
        """Customers who meet a condition of customers.segments: `meeting(segment_condition(...))`."""
        return self.filter(condition)

    def organisations(self) -> Self:
        return self.filter(kind="organisation")

    def persons(self) -> Self:
        return self.filter(kind="person")

    def reached_at(self, kind: str, value: str, *, region: str = "") -> Self:
        """Customers with exactly this e-mail, phone or other contact point, by blind index."""
        points = apps.get_model("customers", "ContactPoint").objects
        found = points.filter(kind=kind, blind_index=blind_index(kind, value, region=region))
        return self.filter(pk__in=found.values("customer"))

    def search(self, text: str) -> Self:
        """Customers whose name holds every word of `text`, in any order, or who are reached at exactly this e-mail or
        phone; `@example.com` finds everybody at that domain."""
        text = text.strip()
        points = apps.get_model("customers", "ContactPoint").objects
        if text.startswith("@") and domain_index(text):
            return self.filter(pk__in=points.filter(domain_index=domain_index(text)).values("customer"))
        found = Q()
        # Of a text that somebody pasted, its first words: databases nest only so many conditions, and only so long.
        for word in fold(text)[:MOST_SEARCHED_SIGNS].split()[:MOST_SEARCHED_WORDS]:
            found &= Q(search_name__holds=word)
        if reached := self.reached_by(text):
            # Keys, not a subquery: with OR the database could use no index.
            found |= Q(pk__in=reached)
        return self.filter(found)

    def reached_by(self, text: str) -> list[int]:
        """Keys of the customers, whoever sees them, whom `text` reaches: a whole e-mail address or phone number."""
        indexes = self._indexes_of(text.strip())
        if not indexes:
            return []
        points = apps.get_model("customers", "ContactPoint").objects.filter(blind_index__in=indexes)
        return list(points.values_list("customer_id", flat=True)[:MOST_REACHED])

    def _indexes_of(self, text: str) -> set[str]:
        """Blind indexes of what may be an e-mail address or a phone number; a national number is looked for in the
        countries that most customers live in."""
        if "@" in text:
            return {blind_index("email", text)}
        if sum(c.isdigit() for c in text) < FEWEST_DIGITS:
            return set()
        return {blind_index("phone", text, region=region) for region in ("", *self._usual_countries())}

    def _usual_countries(self) -> list[str]:
        def most_used() -> list[str]:
            rows = self.model._default_manager.exclude(country="").order_by().values("country")
            counted = rows.annotate(number=Count("pk")).order_by("-number")[:USUAL_COUNTRIES]
            return [row["country"] for row in counted]

        found: list[str] = cache.get_or_set("customers:usual-countries", most_used, 3600)  # type: ignore[assignment]
        return found


class OfCustomerQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a customer and are seen by whoever sees the customer."""

    team_path = "customer__team"
    owner_path = "customer__owner"


class ConsentQuerySet(OfCustomerQuerySet[Row]):
    def in_force(self) -> Self:
        """What holds now: the newest row of each customer, purpose and channel."""
        newer = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        same = {name: OuterRef(name) for name in ("customer", "purpose", "channel")}
        return self.filter(~Exists(self.model._default_manager.filter(newer, **same)))


class OrderLineQuerySet(ScopedQuerySet[Row]):
    team_path = "order__customer__team"
    owner_path = "order__customer__owner"


class RelationQuerySet(AuditedQuerySet[Row]):
    """A relation shows the names of both ends, so both must be visible (an empty end is us)."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Relations whose two ends this user may see."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_all_teams:
            return self
        teams = user.team_ids
        from_end = Q(from_customer__team__in=teams) | Q(from_customer__owner=user.pk)
        to_end = Q(to_customer=None) | Q(to_customer__team__in=teams) | Q(to_customer__owner=user.pk)
        return self.filter(from_end & to_end)

    def on(self, day: Any) -> Self:
        """Relations in force on this date."""
        return self.filter(Q(since=None) | Q(since__lte=day)).filter(Q(until=None) | Q(until__gte=day))

    def of(self, customer_id: int) -> Self:
        """Relations with this customer at either end."""
        return self.filter(Q(from_customer=customer_id) | Q(to_customer=customer_id))


class PairQuerySet(AuditedQuerySet[Row]):
    """Two customers side by side, so both must be visible."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Pairs of which this user may see both."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_all_teams:
            return self
        first = Q(first__team__in=user.team_ids) | Q(first__owner=user.pk)
        second = Q(second__team__in=user.team_ids) | Q(second__owner=user.pk)
        return self.filter(first & second)

    def open(self) -> Self:
        """Those that wait for somebody to decide."""
        return self.filter(state="open")

    def of(self, customer_id: int) -> Self:
        """Pairs with this customer at either end."""
        return self.filter(Q(first=customer_id) | Q(second=customer_id))


class MergeQuerySet(ScopedQuerySet[Row]):
    """A merge is seen by whoever sees the customer that was kept."""

    team_path = "kept__team"
    owner_path = "kept__owner"


class ImportBatchQuerySet(ScopedQuerySet[Row]):
    """An import is seen by the team that its customers belong to and by whoever started it."""

    owner_path = "started_by"


class ImportPartQuerySet(ScopedQuerySet[Row]):
    team_path = "batch__team"
    owner_path = "batch__started_by"


class ImportRowQuerySet(ImportPartQuerySet[Row]):
    """Rows of an import. The check tells what stands in those that were here before: they may be another team's, whom
    the importer sees, so that they are shown to the importer alone."""

    def scope_of(self, user: User) -> Q:
        """The condition behind `visible_to` for a user with limited sight."""
        of_team = Q(batch__team__in=user.team_ids, outcome__in=("created", "duplicate", "refused"))
        return of_team | Q(batch__started_by=user.pk)


class ObservationQuerySet(OfCustomerQuerySet[Row]):
    def known_at(self, *, as_of: Any, version: int) -> Self:
        """What was known of the world: happened by `as_of`, recorded by the customer's activity `version`, and not
        superseded within both bounds."""
        return self.filter(at__lte=as_of, recorded_version__lte=version).filter(
            Q(superseded_version=None) | Q(superseded_version__gt=version) | Q(superseded_at__gt=as_of)
        )


class WebhookQuerySet(OpenCatalogueQuerySet[Row]):
    """Webhooks: for whoever has the permission, which is for administrators."""

    def of_events(self) -> Self:
        """Those that people set up; the others belong to channels."""
        return self.filter(kind="events")

    def at_work(self) -> Self:
        """Those that are told what happens."""
        return self.filter(kind="events", is_active=True)


class DeliveryQuerySet(OpenCatalogueQuerySet[Row]):
    """What was sent, and what waits."""

    def waiting(self) -> Self:
        """Neither delivered nor given up."""
        return self.filter(state__in=("todo", "leased"))

    def given_up(self) -> Self:
        """Those that failed for good."""
        return self.filter(state="failed")


class BackupQuerySet(QuerySet[Row]):
    """Backups are of everybody's rows: for administrators."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them for whoever has the permission."""
        allowed = user.is_authenticated and user.is_active and user.has_perm("customers.view_backup")
        return self if allowed else self.none()


class AuditEntryQuerySet(QuerySet[Row]):
    """The record of changes: read by administrators, written by nobody but the record itself."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of it for whoever has the permission, which is for administrators: entries are about rows of every
        team."""
        allowed = user.is_authenticated and user.is_active and user.has_perm("customers.view_auditentry")
        return self if allowed else self.none()

    def of(self, model: type[Model], key: Any) -> Self:
        """What happened to one row."""
        return self.filter(model=model._meta.label_lower, object_id=str(key))

    def about(self, customer_id: int) -> Self:
        """What happened to a customer and to whatever belongs to them."""
        return self.filter(Q(customer_id=customer_id) | Q(other_customer_id=customer_id))

    def update(self, **values: Any) -> int:
        """Refused: the record is append-only."""
        raise TypeError("the audit record is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: the record is append-only."""
        raise TypeError("the audit record is append-only")
