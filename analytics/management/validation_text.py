"""A test of the scores as tables for a terminal."""

from collections.abc import Iterator
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.models import ScoreValidation
from analytics.operations.validation_words import PREDICTORS, by_override, verdicts


def validation_text(validation: ScoreValidation) -> str:
    """Both evaluations, with the verdict under each."""
    return "\n".join(_lines(validation.version.number, validation.result or {}))


def _lines(version: int, result: dict[str, Any]) -> Iterator[str]:
    yield _("Model version %(version)d on %(ratings)d ratings of %(customers)d of %(of_customers)d customers.") % {
        "version": version,
        **{name: result[name] for name in ("ratings", "customers", "of_customers")},
    }
    yield from by_override(result)
    yield _(
        "Each is foretold from what was on record just before it. Bad: the lowest quarter of its scale, 1 or 2 of 5."
    )
    for title, name in ((_("All ratings"), "all"), (_("Customers who had rated before"), "with_history")):
        yield from ("", title, "=" * len(title))
        evaluation = result[name]
        yield from [evaluation["error"]] if "error" in evaluation else _evaluation(evaluation)


def _evaluation(found: dict[str, Any]) -> Iterator[str]:
    split = parse_datetime(found["split_at"])
    yield _(
        "Fitted on %(fitted_on)d ratings before %(date)s, tested on %(tested_on)d of %(customers)d customers since; "
        "%(share).1f %% of them bad."
    ) % {**found, "date": date_format(split, "Y-m-d") if split else "", "share": 100 * found["bad_share"]}
    yield _("Foretelling the usual share for everybody: log loss %(loss).4f.") % {"loss": found["base_log_loss"]}
    yield ""
    heads = (_("ROC-AUC"), _("interval (95 %)"), _("log loss"), _("interval (95 %)"), _("calibration error"))
    yield _row(_("predictor"), heads)
    for row in found["judgements"]:
        cells = (_number(row["auc"]), _span(row["auc"]), _number(row["log_loss"]), _span(row["log_loss"]))
        yield _row(str(PREDICTORS[row["name"]]), (*cells, f"{row['calibration_error']:.4f}"))
    yield ""
    yield _row(
        _("the score is better than"), (_("ROC-AUC by"), _("interval (95 %)"), _("log loss by"), _("interval (95 %)"))
    )
    for row in found["judgements"]:
        if row["better_auc"]:
            auc, loss = row["better_auc"], row["better_log_loss"]
            cells = (f"{auc['value']:+.4f}", _span(auc), f"{loss['value']:+.4f}", _span(loss))
            yield _row(str(PREDICTORS[row["name"]]), cells)
    yield from ("", *verdicts(found), "")
    yield from _calibration(found["judgements"])


def _calibration(judgements: list[dict[str, Any]]) -> Iterator[str]:
    yield _("Calibration: share of bad ratings, from the most hopeful tenth on")
    yield _row(_("predictor"), (_("tenth"), _("ratings"), _("foretold"), _("observed"), _("interval (95 %)")))
    for row in judgements:
        for number, tenth in enumerate(row["bins"], start=1):
            shares = f"{tenth['foretold']:.3f}", f"{tenth['observed']:.3f}", _span(tenth, digits=3)
            yield _row(str(PREDICTORS[row["name"]]), (str(number), str(tenth["count"]), *shares))


def _number(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.4f}"


def _span(estimate: dict[str, float], *, digits: int = 4) -> str:
    return f"{estimate['low']:.{digits}f} .. {estimate['high']:.{digits}f}"


def _row(name: str, cells: tuple[str, ...]) -> str:
    return f"{name:<26}" + "".join(f"{cell:>20}" for cell in cells)
