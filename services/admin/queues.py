"""Where tickets wait, and what they ask for."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from services.admin.clock_faces import duration
from services.models import Queue, ServiceType


@admin.register(Queue)
class QueueAdmin(CandidModelAdmin):
    """Queues with their teams and calendars."""

    list_display = ["name", "team", "calendar", "typical_reply"]
    list_select_related = ["team", "calendar"]
    list_filter = [("team", VisibleRelatedFilter)]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "team", "calendar", "typical_reply_seconds", ("close_after_days", "reopen_days")]

    @admin.display(description=_("typical time to reply"), ordering="typical_reply_seconds")
    def typical_reply(self, queue: Queue) -> str:
        """In hours and minutes of business time."""
        return duration(queue.typical_reply_seconds)


@admin.register(ServiceType)
class ServiceTypeAdmin(CandidModelAdmin):
    """Kinds of service."""

    list_display = ["name", "code"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    fields = ["name", "code", "skills"]
    autocomplete_fields = ["skills"]
    prepopulated_fields = {"code": ["name"]}
