"""Versions of the satisfaction score: which parameters made which scores."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.parameter_table import number_of, table_of
from analytics.admin.score_form import DESCRIPTIONS, LABELS, ScoreOverrideForm, ScoreVersionForm, field_name
from analytics.admin.score_preview import preview_context
from analytics.admin.version_base import VersionAdmin
from analytics.admin.version_page import Differences, differing
from analytics.admin.version_words import OF_SCORES
from analytics.choices import FACTOR_NAMES
from analytics.models import Preview, ScoreModelVersion
from analytics.scoring.parameters import FACTOR_NAMES as FACTORS
from analytics.scoring.parameters import FIELD_NAMES


@admin.register(ScoreModelVersion)
class ScoreModelVersionAdmin(VersionAdmin):
    """Versions of the satisfaction score."""

    form = ScoreVersionForm
    override_form = ScoreOverrideForm
    words = OF_SCORES
    names = {**FACTOR_NAMES, **LABELS}
    empty_hint = gettext_lazy(
        "The first version is made by the first run, as soon as there are ratings, tickets or orders to measure."
    )

    def parameter_fieldsets(self) -> list[Any]:
        """A group a factor."""
        return [
            (
                str(FACTOR_NAMES[factor]),
                {
                    "fields": [tuple(field_name(factor, field) for field in FIELD_NAMES)],
                    "description": str(DESCRIPTIONS[factor]),
                    "classes": ["version-factor"],
                },
            )
            for factor in FACTORS
        ]

    def parameter_table(self, version: Any) -> SafeString:
        """One row a factor."""
        rows = [
            (FACTOR_NAMES.get(factor, factor), *(number_of(values.get(name)) for name in FIELD_NAMES))
            for factor, values in version.parameters.items()
        ]
        return table_of((_("factor"), *(str(LABELS[name]) for name in FIELD_NAMES)), rows)

    def differences(self, own: Mapping[str, Any], everybody: Mapping[str, Any]) -> Differences:
        """By factor."""
        return [
            (str(FACTOR_NAMES[factor]), differing(fields, everybody[factor], LABELS)) for factor, fields in own.items()
        ]

    def preview_context(self, preview: Preview, user: Any) -> dict[str, Any]:
        """How scores would lie, and who would move."""
        return preview_context(preview, user)

    def measured_of_its_own(self, version: Any) -> dict[str, Any]:
        """The baselines."""
        return {factor: {"baseline": version.parameters[factor]["baseline"]} for factor in FACTORS}
