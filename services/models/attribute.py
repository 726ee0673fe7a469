from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import AttributeDefinition
from customers.querysets import OpenCatalogueQuerySet
from services.models.desk import ServiceType
from services.models.ticket import Ticket


class TicketAttribute(AttributeDefinition):
    """A field that this company added to its tickets. The values stand in Ticket.attributes under `code`."""

    # Empty: tickets of all service types have it.
    service_type = models.ForeignKey(
        ServiceType,
        models.CASCADE,
        verbose_name=_("of the service type"),
        null=True,
        blank=True,
        related_name="attributes",
    )

    objects = OpenCatalogueQuerySet["TicketAttribute"].as_manager()

    class Meta(AttributeDefinition.Meta):
        abstract = False
        verbose_name = _("ticket attribute")
        verbose_name_plural = _("ticket attributes")

    def is_of(self, kind: Any) -> bool:
        """Whether tickets of the service type with this key (None: of none) have it."""
        return bool(self.service_type_id in (None, kind))

    def clean(self) -> None:
        """Code and type stay once tickets have values: what stands must go on meaning what it meant."""
        super().clean()
        if self._state.adding:
            return
        before = TicketAttribute.objects.get(pk=self.pk)
        changed = [name for name in ("code", "type") if getattr(self, name) != getattr(before, name)]
        if changed and tickets_with(before.code).exists():
            raise ValidationError(dict.fromkeys(changed, _("Tickets have values of this attribute: this stays.")))


def tickets_with(code: str) -> models.QuerySet[Ticket]:
    """The tickets that have a value under this code, whoever sees them."""
    return Ticket.objects.filter(attributes__has_key=code)
