"""A test of the scores in words, the same on a terminal and on its page."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PREDICTORS = {
    "satisfaction": gettext_lazy("satisfaction score"),
    "shrunk_rating": gettext_lazy("shrunk rating alone"),
    "raw_mean": gettext_lazy("raw mean of ratings"),
    "last_rating": gettext_lazy("last rating"),
    "mean_of_factors": gettext_lazy("mean of the factors"),
}
MEASURES = {"auc": gettext_lazy("ROC-AUC"), "log_loss": gettext_lazy("log loss")}
VERDICTS = {
    "better": gettext_lazy("By %(measure)s the satisfaction score beats the shrunk rating alone."),
    "worse": gettext_lazy("By %(measure)s the satisfaction score is WORSE than the shrunk rating alone."),
    "unclear": gettext_lazy("By %(measure)s the satisfaction score does not beat the shrunk rating alone."),
}


def verdicts(evaluation: dict[str, Any]) -> list[str]:
    """In words, by each measure, whether the score beats the shrunk rating alone."""
    given = evaluation["verdict"]
    return [str(VERDICTS[given[name]] % {"measure": label}) for name, label in MEASURES.items()]


def by_override(result: dict[str, Any]) -> list[str]:
    """How many ratings were foretold by the parameters of which override. Tests of earlier days say nothing of it."""
    return [
        _("“%(segment)s”: %(ratings)s ratings of %(customers)s customers, by the parameters for this segment.")
        % {
            "segment": row["name"],
            "ratings": number_format(row["ratings"], 0, force_grouping=True),
            "customers": number_format(row["customers"], 0, force_grouping=True),
        }
        for row in result.get("overrides", ())
    ]
