from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import AttributeDefinition
from customers.querysets import OpenCatalogueQuerySet
from services.models.desk import ServiceType


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
