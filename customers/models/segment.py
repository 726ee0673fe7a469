from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import TagColour
from customers.folding import fold
from customers.models.derived_names import FoldedNameField
from customers.models.versioned import Versioned
from customers.querysets import OpenCatalogueQuerySet, SegmentQuerySet


class Tag(Versioned):
    """A free label of customers. Case, accents and width tell no tags apart."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    folded = FoldedNameField(max_length=100, unique=True, default="", blank=True, editable=False)
    colour = models.CharField(_("colour"), max_length=4, choices=TagColour, default=TagColour.GREY)

    objects = OpenCatalogueQuerySet["Tag"].as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that stands for another tag, or for none."""
        self.name = " ".join(self.name.split())
        self.folded = fold(self.name)[:100]
        if not self.folded:
            raise ValidationError({"name": _("Give the tag a name.")})
        if ";" in self.name:  # in files it stands between tags
            raise ValidationError({"name": _("The name of a tag holds no semicolon.")})
        if Tag.objects.filter(folded=self.folded).exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("There is a tag of this name already.")})

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """`clean` has looked at the folded name, and says it of the name."""
        super().validate_unique({*(exclude or ()), "folded"})

    def save(self, *args: object, **kwargs: object) -> None:
        names = kwargs.get("update_fields")
        if names is not None and "name" in names:  # type: ignore[operator]
            kwargs["update_fields"] = [*names, "folded"]  # type: ignore[misc]
        super().save(*args, **kwargs)


class Segment(Versioned):
    """A saved filter over customers: who is in it is asked anew each time.

    `definition` is {"match": "all" | "any", "groups": [{"match": ..., "conditions": [{"fact", "op", "value", "days",
    "where"}]}]}: `days` limits what is counted to the last days, `where` to rows with one of some values.
    customers.segments reads it; e-mail addresses and phone numbers in it are encrypted."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    definition = models.JSONField(_("conditions"), default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        related_name="segments",
    )
    is_shared = models.BooleanField(
        _("shared"), default=True, help_text=_("Everybody may use it. Each sees the customers that are theirs to see.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = SegmentQuerySet["Segment"].as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
