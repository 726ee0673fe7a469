"""Queries that read aloud, each under `visible_to(user)`."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db.models import Model

from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet

Row = TypeVar("Row", bound=Model, covariant=True)


class ScoreQuerySet(OfCustomerQuerySet[Row]):
    """Scores are seen by whoever sees the customer."""

    def fell_by(self, points: float) -> Self:
        """Scores that are lower by at least `points` than thirty days before."""
        return self.filter(change__lte=-points)


class VersionQuerySet(OpenCatalogueQuerySet[Row]):
    def active(self) -> Self:
        return self.filter(state="active")
