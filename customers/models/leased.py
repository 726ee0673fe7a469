import uuid
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.choices import LeaseState

Row = TypeVar("Row", bound=models.Model, covariant=True)

# Free: nobody's, or leased by somebody who has not come back in time. The database's clock decides, since the clocks
# of the workers' machines differ.
FREE = Q(state=LeaseState.TODO) | Q(state=LeaseState.LEASED, lease_until__lt=Now())


class LeaseLost(Exception):
    """The lease ran out and another worker took over, or a person stopped the work. Whatever is not committed is
    given up."""


class Leased(models.Model):
    """Work that one worker at a time does. A worker leases the row; the token fences off whoever came late."""

    # A row that so many workers died of is not tried again.
    most_attempts: ClassVar[int] = 5

    state = models.CharField(_("state"), max_length=8, choices=LeaseState, default=LeaseState.TODO)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        abstract = True

    def lease(self, length: timedelta) -> bool:
        """Take the row if it is still as it was read; False: somebody else did. Each attempt gets as much again."""
        attempt, token = self.attempts + 1, uuid.uuid4()
        taken = (
            type(self)
            ._base_manager.filter(FREE, pk=self.pk, attempts=self.attempts)
            .update(state=LeaseState.LEASED, token=token, attempts=attempt, lease_until=Now() + length * attempt)
        )
        self.state, self.token, self.attempts = LeaseState.LEASED, token, attempt
        return taken == 1

    def mine(self) -> "QuerySet[Self]":
        """The row, if the lease that this worker took still holds: update it through this, and look at the count."""
        return type(self)._base_manager.filter(pk=self.pk, token=self.token, state=LeaseState.LEASED)

    def write_if_mine(self, **values: Any) -> None:
        """Write columns under the lease. Raises LeaseLost where it is not ours any more."""
        if not self.mine().update(**values):
            raise LeaseLost(f"{self._meta.label} {self.pk}")
        for name, value in values.items():
            setattr(self, name, value)
