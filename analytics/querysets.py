"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Model, Q

from analytics.choices import OVER_EVERYBODY, RunState
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from customers.models import User

Row = TypeVar("Row", bound=Model, covariant=True)


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


class CampaignMemberQuerySet(ScoreQuerySet[Row]):
    def to_be_written_to(self) -> Self:
        """Those who are not held out."""
        return self.filter(is_held_out=False)
