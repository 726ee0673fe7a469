"""Versions of the score models: which parameters made which scores."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.admin.preference_display import FEATURES
from analytics.admin.score_display import FACTOR_NAMES
from analytics.choices import VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from customers.admin.base import ReadOnlyModelAdmin

STATE_TONES = {VersionState.DRAFT: "info", VersionState.ACTIVE: "success", VersionState.RETIRED: ""}


class VersionAdmin(ReadOnlyModelAdmin):
    """A version is frozen once it is active: it is read here."""

    list_display = ["__str__", "status", "created_at", "activated_at", "created_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["created_by"]
    ordering = ["-number"]
    fields = [("number", "state"), "label", "table", "note", ("created_at", "activated_at"), "created_by"]
    readonly_fields = ["table"]

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_TONES)
    def status(self, version: Any) -> tuple[str, str]:
        """The state as a label."""
        return version.state, version.get_state_display()


@admin.register(ScoreModelVersion)
class ScoreModelVersionAdmin(VersionAdmin):
    """Versions of the satisfaction score."""

    @admin.display(description=gettext_lazy("parameters"))
    def table(self, version: ScoreModelVersion) -> SafeString:
        """One row a factor."""
        heads = (
            _("factor"),
            _("half-life, days"),
            _("prior is worth, observations"),
            _("baseline"),
            _("exponent"),
        )
        names = ("half_life_days", "prior_weight", "baseline", "exponent")
        rows = [
            (FACTOR_NAMES.get(factor, factor), *(_number(values.get(name)) for name in names))
            for factor, values in version.parameters.items()
        ]
        return _table(heads, rows)


@admin.register(PreferenceModelVersion)
class PreferenceModelVersionAdmin(VersionAdmin):
    """Versions of the preference profile."""

    @admin.display(description=gettext_lazy("parameters"))
    def table(self, version: PreferenceModelVersion) -> SafeString:
        """One row a feature: its weight, and what it is measured against."""
        tables = {name: value for name, value in version.parameters.items() if isinstance(value, dict)}
        features = sorted({feature for table in tables.values() for feature in table})
        rows = [
            (FEATURES.get(feature, feature), *(_number(table.get(feature)) for table in tables.values()))
            for feature in features
        ]
        return _table((_("feature"), *(name.replace("_", " ") for name in tables)), rows)


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}"


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((word,) for word in heads))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (format_html("<th>{}</th>{}", row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))),)
            for row in rows
        ),
    )
    return format_html('<div class="cd-scroll"><table class="cd-table"><tr>{}</tr>{}</table></div>', head, body)
