"""How right the suggestions at the desk are."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyModelAdmin
from services.admin.percents import percent
from services.models import TriageModel


@admin.register(TriageModel)
class TriageModelAdmin(ReadOnlyModelAdmin):
    """What was learned last night, and how right it was on the newest fifth of the tickets."""

    list_display = ["target", "learned_at", "tickets", "right_first", "right_in_three", "guessing", "off_by"]
    list_display_links = None
    ordering = ["target"]
    list_before_template = "admin/services/triage/said.html"

    @admin.display(description=_("right"))
    def right_first(self, row: TriageModel) -> str:
        """How often its first answer was what people chose."""
        return _share(row.right)

    @admin.display(description=_("right within three"))
    def right_in_three(self, row: TriageModel) -> str:
        """How often what people chose was among its first three answers."""
        return _share(row.among_three)

    @admin.display(description=_("the commonest answer"))
    def guessing(self, row: TriageModel) -> str:
        """How often the commonest answer would have been right."""
        return _share(row.commonest)

    @admin.display(description=_("off by"))
    def off_by(self, row: TriageModel) -> str:
        """By how much it is surer than it is right, or less sure."""
        return _share(row.off)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{percent(round(1000 * value), 1000)} %"
