from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.choices import AttributeType, CustomerKind, MatchingUse
from customers.models.versioned import Versioned
from customers.querysets import OpenCatalogueQuerySet

MOST_CHOICES = 500
LONGEST_CHOICE = 100


class AttributeDefinition(Versioned):
    """A field that a company added to its rows of one kind. The values stand in `attributes` under `code`."""

    code = models.SlugField(_("code"), max_length=50, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=6, choices=AttributeType, default=AttributeType.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True, help_text=_("Of a list: one a line."))
    is_required = models.BooleanField(
        _("required"), default=False, help_text=_("A form or a program that makes or changes a row must give it.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        abstract = True
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def is_of(self, kind: Any) -> bool:
        """Whether rows of this kind have it; a subclass says what a kind is."""
        raise NotImplementedError

    def clean(self) -> None:
        """Only a list has choices, and it has some, each once."""
        if self.type != AttributeType.CHOICE:
            self.choices = []
        elif not isinstance(self.choices, list) or not self.choices:
            raise ValidationError({"choices": _("Give the choices, one a line.")})
        elif len(self.choices) > MOST_CHOICES:
            raise ValidationError({"choices": _("Give at most %(most)d choices.") % {"most": MOST_CHOICES}})
        else:
            if not all(isinstance(one, str) and 0 < len(one.strip()) <= LONGEST_CHOICE for one in self.choices):
                text = _("Each choice is a text of at most %(most)d characters.") % {"most": LONGEST_CHOICE}
                raise ValidationError({"choices": text})
            self.choices = list(dict.fromkeys(choice.strip() for choice in self.choices))


class CustomAttribute(AttributeDefinition):
    """A field that this company added to its customers. The values stand in Customer.attributes under `code`."""

    # An empty kind means both.
    kind = models.CharField(_("of"), max_length=12, choices=CustomerKind, blank=True)
    matching = models.CharField(
        _("when two customers are compared"), max_length=10, choices=MatchingUse, default=MatchingUse.NONE
    )

    objects = OpenCatalogueQuerySet["CustomAttribute"].as_manager()

    class Meta(AttributeDefinition.Meta):
        abstract = False
        verbose_name = _("custom attribute")
        verbose_name_plural = _("custom attributes")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="custom_attribute_has_a_code"),
        ]

    def is_of(self, kind: Any) -> bool:
        """Whether customers of this kind have it."""
        return bool(self.kind in ("", kind))
