"""Relations between customers, and the types that they have."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, RangeDateFilter
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from customers.admin.base import CandidModelAdmin, CandidTabularInline
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.relation_form import RelationForm
from customers.models import Customer, Relation, RelationType


@admin.register(RelationType)
class RelationTypeAdmin(CandidModelAdmin):
    """How two parties can relate."""

    list_display = ["name", "inverse_name", "from_kind", "to_kind", "is_with_us", "is_hierarchy"]
    list_filter = [("is_with_us", BooleanRadioFilter), ("is_hierarchy", BooleanRadioFilter)]
    search_fields = ["name", "inverse_name", "code"]
    ordering = ["name"]
    prepopulated_fields = {"code": ["name"]}


@admin.register(Relation)
class RelationAdmin(CandidModelAdmin):
    """Who relates to whom, since when."""

    form = RelationForm
    list_display = ["from_customer", "type", "to", "role", "since", "until", "strength"]
    list_display_links = ["type"]
    list_filter = [("type", VisibleRelatedFilter), ("since", RangeDateFilter), ("until", RangeDateFilter)]
    list_select_related = ["from_customer", "to_customer", "type"]
    search_fields = ["from_customer__name", "to_customer__name", "role"]
    autocomplete_fields = ["from_customer", "to_customer"]
    fields = ["from_customer", "type", "to_customer", "role", ("since", "until"), "strength", "note"]

    @admin.display(description=_("to"), ordering="to_customer__name")
    def to(self, relation: Relation) -> Customer | str:
        """The other end, which may be us."""
        return relation.to_customer or str(_("us"))


class RelationInline(CandidTabularInline):
    """Relations on the form of one of their ends."""

    model = Relation
    form = RelationForm
    # One line that grows with its text: a relation is a row, not a form.
    formfield_overrides = {TextField: {"widget": UnfoldAdminExpandableTextareaWidget(attrs={"rows": 1})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The relations whose ends the user may see, with their names."""
        return super().get_queryset(request).select_related("type", "from_customer", "to_customer")


class RelationsFromInline(RelationInline):
    """This customer ... somebody (or us)."""

    fk_name = "from_customer"
    verbose_name_plural = _("relations to others")
    fields = ["type", "to_customer", "role", "since", "until", "strength", "note"]
    autocomplete_fields = ["to_customer"]


class RelationsToInline(RelationInline):
    """Somebody ... this customer."""

    fk_name = "to_customer"
    verbose_name_plural = _("relations of others")
    fields = ["from_customer", "type", "role", "since", "until", "strength", "note"]
    autocomplete_fields = ["from_customer"]
