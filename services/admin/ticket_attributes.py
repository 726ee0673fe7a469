"""The definitions of ticket attributes."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.admin.attributes import Lines
from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.forms import CandidForm
from customers.operations.define_attribute import free_code
from services.models import TicketAttribute
from services.models.attribute import tickets_with
from services.operations.remove_ticket_attribute import TicketAttributeInUse, remove_ticket_attribute


class TicketAttributeForm(CandidForm):
    """A definition. Code and type are shown, not asked for, once tickets have values."""

    choices = Lines(
        label=gettext_lazy("Choices"),
        required=False,
        help_text=gettext_lazy("Of a list only: one a line."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )

    class Meta:
        model = TicketAttribute
        fields = ["name", "code", "service_type", "type", "choices", "is_required", "position"]
        help_texts = {
            "code": gettext_lazy(
                "What programs and files call it. Empty: made from the name. It stays once tickets have values."
            ),
            "service_type": gettext_lazy("Empty: tickets of all service types have it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            if self.instance.pk and tickets_with(self.instance.code).exists():
                self.fields["code"].disabled = self.fields["type"].disabled = True

    def clean_code(self) -> str:
        """One from the name where none is given."""
        given = self.cleaned_data.get("code")
        return str(given or free_code(self.cleaned_data.get("name", ""), model=TicketAttribute))


@admin.register(TicketAttribute)
class TicketAttributeAdmin(CandidModelAdmin):
    """Fields that this company added to its tickets."""

    form = TicketAttributeForm
    list_display = ["name", "code", "of", "type", "is_required", "position"]
    list_select_related = ["service_type"]
    list_filter = [("service_type", VisibleRelatedFilter), ("type", ChoicesDropdownFilter)]
    search_fields = ["name", "code"]
    ordering = ["position", "name", "pk"]
    fieldsets = [
        (None, {"fields": ["name", "code", "service_type", "type", "choices"]}),
        (gettext_lazy("Use"), {"fields": ["is_required", "position"]}),
    ]

    @admin.display(description=gettext_lazy("of"), ordering="service_type")
    def of(self, attribute: TicketAttribute) -> str:
        """Which tickets have it."""
        return str(attribute.service_type) if attribute.service_type else _("All tickets")

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleted one by one: one that tickets have values of stays."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Say why one that is used stays."""
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except TicketAttributeInUse as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:services_ticketattribute_change", args=[object_id]))
        return response

    def delete_model(self, request: HttpRequest, obj: TicketAttribute) -> None:
        """Through the operation that owns the rule."""
        remove_ticket_attribute(attribute=obj, at=timezone.now())
