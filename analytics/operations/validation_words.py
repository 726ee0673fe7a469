"""A test of the scores in words, the same on a terminal and on its page."""

from typing import Any

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
