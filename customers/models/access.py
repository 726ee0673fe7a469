from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.full_name import full_name
from customers.models.audited import Audited
from customers.querysets import OpenCatalogueQuerySet


class Team(Audited):
    """Rows belong to a team; who is in it sees them."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    members = models.ManyToManyField("customers.User", verbose_name=_("members"), blank=True, related_name="teams")

    objects = OpenCatalogueQuerySet["Team"].as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        permissions = [("see_all_teams", _("Can see the rows of all teams"))]

    def __str__(self) -> str:
        return self.name


class User(Audited, AbstractUser):
    """A member of staff, or a program that uses the API."""

    audit_leaves_out = frozenset({"last_login"})
    audit_hides = frozenset({"password"})

    class Meta(AbstractUser.Meta):
        abstract = False

    def get_full_name(self) -> str:
        """As its language writes it; empty where no name is known."""
        return full_name(self.first_name.strip(), self.last_name.strip())

    @cached_property
    def team_ids(self) -> list[int]:
        """Keys of the teams this user is in; read once per request."""
        return list(self.teams.values_list("pk", flat=True))

    @cached_property
    def sees_all_teams(self) -> bool:
        """Whether no row is out of sight."""
        return self.is_superuser or self.has_perm("customers.see_all_teams")
