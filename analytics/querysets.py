"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from django.db.models import Model, Q, Subquery

from analytics.choices import OVER_EVERYBODY, RunState
from customers.audit.rows import AuditedQuerySet
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from customers.models import User

Row = TypeVar("Row", bound=Model, covariant=True)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ScoreQuerySet(OfCustomerQuerySet[Row]):
    """Scores are seen by whoever sees the customer."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The scores of the customers that this user may see; a customer who was merged away has none."""
        return super().visible_to(user).profiled()

    def profiled(self) -> Self:
        """Those of customers who may be profiled (CustomerQuerySet.profiled): a run that was under way when somebody
        objected may have written theirs."""
        return self.filter(
            customer__merged_into=None,
            customer__restricted_at=None,
            customer__profiling_objected_at=None,
            customer__erased_at=None,
        )

    def fell_by(self, points: float) -> Self:
        """Scores that are lower by at least `points` than thirty days before."""
        return self.filter(change__lte=-points)

    def rose_by(self, points: float) -> Self:
        """Scores that are higher by at least `points` than thirty days before."""
        return self.filter(change__gte=points)

    def unprofiled(self) -> Self:
        """All others."""
        return self.filter(
            Q(customer__merged_into__isnull=False)
            | Q(customer__restricted_at__isnull=False)
            | Q(customer__profiling_objected_at__isnull=False)
            | Q(customer__erased_at__isnull=False)
        )


class VersionQuerySet(OpenCatalogueQuerySet[Row]):
    def active(self) -> Self:
        return self.filter(state="active")


class RunQuerySet(OpenCatalogueQuerySet[Row]):
    def over_everybody(self) -> Self:
        """Finished runs that scored all customers as they are now, newest first: the distribution of one is that of
        everybody."""
        return self.filter(kind__in=OVER_EVERYBODY, state__in=(RunState.DONE, RunState.PARTIAL)).order_by("-id")


class IdentityQuerySet(OfCustomerQuerySet[Row]):
    """Who events are of: seen by whoever sees the customer; where none is known, by those who see all teams."""

    customer_path = "customer"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows of customers that this user may see and who may be profiled, and of nobody known."""
        return super().visible_to(user).profiled()

    def profiled(self) -> Self:
        """Those of customers who may be profiled, and of nobody known: behaviour is told of nobody who objected."""
        names = ("merged_into", "restricted_at", "profiling_objected_at", "erased_at")
        return self.filter(**{f"{self.customer_path}__{name}__isnull": True for name in names})


class EventQuerySet(IdentityQuerySet[Row]):
    """Behaviour events, seen as the identities are that they are of."""

    team_path = "identity__customer__team"
    owner_path = "identity__customer__owner"
    customer_path = "identity__customer"

    def of_customer(self, customer_id: int) -> Self:
        """What a customer did, on whatever device."""
        return self.filter(identity__person=2 * customer_id)

    def with_keys(self, keys: Sequence[UUID]) -> Self:
        """Those with these keys, which tell their time: on PostgreSQL only its months are looked at."""
        if not keys:
            return self.none()
        moments = [EPOCH + timedelta(milliseconds=key.int >> 80) for key in (min(keys), max(keys))]
        return self.filter(pk__in=keys).between(moments[0], moments[1] + timedelta(milliseconds=1))

    def between(self, since: Any, until: Any) -> Self:
        """From `since` on, before `until`."""
        return self.filter(at__gte=since, at__lt=until)


class SavedReportQuerySet(AuditedQuerySet[Row]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own reports, those that everybody has, and those of their teams."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        shared = Q(is_shared=True)
        if not user.sees_all_teams:
            shared &= Q(team=None) | Q(team__in=user.team_ids)
        return self.filter(shared | Q(owner=user.pk))


class TileQuerySet(AuditedQuerySet[Row]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The tiles of dashboards that this user may see."""
        boards = self.model._meta.get_field("dashboard").related_model
        seen = boards._default_manager.all().visible_to(user)  # type: ignore[union-attr]
        return self.none() if seen.query.is_empty() else self.filter(dashboard__in=seen.order_by().values("pk"))


class ScheduleQuerySet(AuditedQuerySet[Row]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What the user had scheduled, and what they get."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        got = self.model.recipients.through._base_manager.filter(user=user.pk)  # type: ignore[attr-defined]
        return self.filter(Q(owner=user.pk) | Q(pk__in=got.values("scheduledreport")))


class ForecastQuerySet(OpenCatalogueQuerySet[Row]):
    """Forecasts are of the whole company: whoever has the permission sees all, but for segments that are not shared."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for an active user; of a segment, while everybody may use it."""
        return super().visible_to(user).filter(Q(segment=None) | Q(segment__is_shared=True))

    def current(self) -> Self:
        """Those of the newest finished run."""
        runs = self.model._meta.get_field("run").related_model
        newest = runs._default_manager.filter(state=RunState.DONE, is_replay=False)  # type: ignore[union-attr]
        return self.filter(run=Subquery(newest.order_by("-id").values("pk")[:1]))


class CampaignMemberQuerySet(ScoreQuerySet[Row]):
    def to_be_written_to(self) -> Self:
        """Those who are not held out."""
        return self.filter(is_held_out=False)
