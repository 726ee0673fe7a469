"""Versions of the preference profile: weights that staff edit, look at, put in force, and take back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.parameter_table import number_of, table_of
from analytics.admin.preference_form import (
    FEATURE_NAMES,
    NUMBERS,
    PreferenceVersionForm,
    WeightOverrideForm,
    told_of_weights,
    weight_name,
)
from analytics.admin.preference_preview import preview_context
from analytics.admin.version_base import VersionAdmin
from analytics.admin.version_page import Differences, differing
from analytics.admin.version_words import OF_PREFERENCES
from analytics.choices import OVER_EVERYBODY, RunState
from analytics.models import PreferenceModelVersion, Preview, ScoringRun, WeightProposal
from analytics.scoring.preference_parameters import ITEM_FEATURES, NUMBER_LIMITS, PreferenceParameters
from customers.admin.row_keys import is_key

TABLES = {
    "weights": gettext_lazy("weight"),
    "means": gettext_lazy("usual of categories"),
    "deviations": gettext_lazy("deviation of categories"),
    "item_means": gettext_lazy("usual of products"),
    "item_deviations": gettext_lazy("deviation of products"),
}


@admin.register(PreferenceModelVersion)
class PreferenceModelVersionAdmin(VersionAdmin):
    """Versions of the preference profile."""

    form = PreferenceVersionForm
    override_form = WeightOverrideForm
    words = OF_PREFERENCES
    names = {**FEATURE_NAMES, **{name: label for name, (label, _meaning) in NUMBERS.items()}, **TABLES}
    empty_hint = gettext_lazy("The first version is made by the first run, as soon as there is something to measure.")

    class Media:
        css = {"all": ["analytics/preferences.css"]}

    def parameter_fieldsets(self) -> list[Any]:
        """The weights, and what fades how fast."""
        names, numbers = [weight_name(feature) for feature in ITEM_FEATURES], list(NUMBERS)
        return [
            (
                _("Weights"),
                {
                    "fields": [tuple(names[:4]), tuple(names[4:])],
                    "description": told_of_weights(),
                    "classes": ["version-factor"],
                },
            ),
            (
                _("Half-lives and priors"),
                {"fields": [tuple(numbers[:3]), tuple(numbers[3:])], "classes": ["version-factor"]},
            ),
        ]

    def parameter_table(self, version: Any) -> SafeString:
        """One row a feature: its weight, and what is usual of categories and of products."""
        read = PreferenceParameters.from_dict(version.parameters)
        tables = (read.weights, read.means, read.deviations, read.item_means, read.item_deviations)
        heads = (
            _("feature"),
            _("weight"),
            _("categories: usual"),
            _("deviation"),
            _("products: usual"),
            _("deviation"),
        )
        rows: list[tuple[Any, ...]] = [
            (FEATURE_NAMES[name], *(number_of(table.get(name)) for table in tables)) for name in ITEM_FEATURES
        ]
        empty = ("",) * (len(heads) - 2)
        rows += [(label, number_of(getattr(read, name)), *empty) for name, (label, _meaning) in NUMBERS.items()]
        return table_of(heads, rows)

    def differences(self, own: Mapping[str, Any], everybody: Mapping[str, Any]) -> Differences:
        """The weights."""
        weights = own.get("weights", {})
        return [(_("Weights"), differing(weights, everybody["weights"], FEATURE_NAMES))] if weights else []

    def preview_context(self, preview: Preview, user: Any) -> dict[str, Any]:
        """What would come first, and for whom that is another."""
        return preview_context(preview, user)

    def warning(self, version: Any, in_force: Any) -> str:
        """That half-lives or priors are others, and what is usual was not measured by them."""
        if in_force is None or not version.is_draft:
            return ""
        old, new = (PreferenceParameters.from_dict(one.parameters) for one in (in_force, version))
        same_numbers = all(getattr(old, name) == getattr(new, name) for name in NUMBER_LIMITS)
        if same_numbers or old.item_means != new.item_means:
            return ""
        return _("Half-lives or priors are others than those in force, but what is usual was not measured by them yet.")

    def runs_by(self, version: Any) -> Any:
        """Runs are of a version of scores, and make profiles by whatever is in force."""
        running = ScoringRun.objects.filter(state=RunState.RUNNING, kind__in=OVER_EVERYBODY)
        is_in_force = version.state == "active" and version.activated_at is not None
        return running.filter(as_of__gte=version.activated_at) if is_in_force else running.none()

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The version, with the proposal that its weights were learned by."""
        proposal = WeightProposal.objects.filter(version__pk=int(object_id)).first() if is_key(object_id) else None
        return super().change_view(request, object_id, form_url, {"proposal": proposal, **(extra_context or {})})
