"""What was imported, by whom, and what came of it."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.models import ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyModelAdmin):
    """Runs of `manage.py import_data`."""

    list_display = ["path", "format", "status", "dry_run", "started_at", "finished_at", "started_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["started_by"]
    search_fields = ["path", "format"]
    fields = [
        "format",
        "path",
        "state",
        "dry_run",
        "table",
        "report_path",
        "error",
        "started_at",
        "finished_at",
        "started_by",
    ]
    readonly_fields = ["table"]

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={"running": "info", "done": "success", "failed": "danger"},
    )
    def status(self, batch: ImportBatch) -> tuple[str, str]:
        """The state as a label."""
        return batch.state, batch.get_state_display()

    @admin.display(description=gettext_lazy("counts"))
    def table(self, batch: ImportBatch) -> str:
        """Created, updated, unchanged and refused rows of each kind."""
        if not batch.counts:
            return "–"
        names = ("created", "updated", "unchanged", "refused")
        heads = format_html_join("", "<th class='cd-right'>{}</th>", ((word,) for word in _words()))
        rows = format_html_join(
            "",
            "<tr><th>{}</th><td class='cd-right'>{}</td><td class='cd-right'>{}</td><td class='cd-right'>{}</td>"
            "<td class='cd-right'>{}</td></tr>",
            ((kind, *(counts.get(name, 0) for name in names)) for kind, counts in batch.counts.items()),
        )
        return format_html("<table class='cd-table'><thead><tr><th></th>{}</tr></thead>{}</table>", heads, rows)


def _words() -> tuple[str, ...]:
    return _("created"), _("updated"), _("unchanged"), _("refused")
