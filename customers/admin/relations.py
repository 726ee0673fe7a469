"""Relations between customers, and the types that they have."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, RangeDateFilter

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import OfCustomerFilter, VisibleRelatedFilter
from customers.admin.relation_form import RelationForm, RelationTypeForm
from customers.admin.row_keys import is_key
from customers.models import Customer, Relation, RelationType
from customers.operations.relate_customers import locked_type


@admin.register(RelationType)
class RelationTypeAdmin(CandidModelAdmin):
    """How two parties can relate."""

    form = RelationTypeForm
    list_display = ["name", "inverse_name", "from_kind", "to_kind", "is_with_us", "is_hierarchy", "is_household"]
    list_filter = [
        ("is_with_us", BooleanRadioFilter),
        ("is_hierarchy", BooleanRadioFilter),
        ("is_household", BooleanRadioFilter),
    ]
    search_fields = ["name", "inverse_name", "code"]
    ordering = ["name"]
    prepopulated_fields = {"code": ["name"]}
    fieldsets = [
        (None, {"fields": [("name", "inverse_name"), "code"]}),
        (_("Which customers it joins"), {"fields": [("from_kind", "to_kind"), "is_with_us"]}),
        (_("What it makes of them"), {"fields": [("is_hierarchy", "from_is_above"), "is_household"]}),
    ]


@admin.register(Relation)
class RelationAdmin(CandidModelAdmin):
    """Who relates to whom, since when."""

    form = RelationForm
    empty_hint = _(
        "Who works for whom, who owns whom, who is a client: relations are added at the page of a customer, "
        "or imported."
    )
    list_display = ["from_customer", "type", "to", "role", "since", "until", "strength"]
    list_display_links = ["type"]
    list_filter = [
        ("type", VisibleRelatedFilter),
        ("since", RangeDateFilter),
        ("until", RangeDateFilter),
        OfCustomerFilter,
    ]
    list_select_related = ["from_customer", "to_customer", "type"]
    search_fields = ["from_customer__name", "to_customer__name", "role"]
    autocomplete_fields = ["from_customer", "to_customer"]
    fields = ["from_customer", "type", "to_customer", "role", ("since", "until"), "strength", "note"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The relation; before it is locked to be written its type is, as everywhere."""
        if request.method == "POST":
            row = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
            if row is not None:
                locked_type(row.type_id)
        return super().get_object(request, object_id, from_field)

    @admin.display(description=_("to"), ordering="to_customer__name")
    def to(self, relation: Relation) -> Customer | str:
        """The other end, which may be us."""
        return relation.to_customer or str(_("us"))
