"""Where behaviour events come from."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from analytics.models import EventSource
from customers.admin.base import CandidModelAdmin


@admin.register(EventSource)
class EventSourceAdmin(CandidModelAdmin):
    """Added by hand, or with the first events of a format."""

    empty_hint = _("A source is made with the first events of its format; add one for each further project.")
    list_display = ["name", "slug", "kind", "time_zone", "id_source"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    ordering = ("slug",)
    search_fields = ["slug", "name"]
    fields = [("name", "slug"), "kind", "time_zone", "id_source"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The short name is what programs and imports call it: it stays."""
        return ["slug"] if obj else []
