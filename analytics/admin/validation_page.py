"""What a test of the scores found: the verdict in words, two charts with their tables, the calibration of each."""

import json
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.admin.chart_options import BLUE, GREY, calibration_data, calibration_lines, interval_bars
from analytics.models import ScoreValidation
from analytics.operations.validation_words import PREDICTORS, by_override, verdicts

TONES = {"better": "good", "worse": "bad", "unclear": "warn"}


def validation_context(row: ScoreValidation) -> dict[str, Any]:
    """What `admin/analytics/validation/before.html` needs."""
    if row.result is None:
        return {"validation": row}
    result = row.result
    return {
        "validation": row,
        "result": result,
        "is_sample": result["customers"] < result["of_customers"],
        "by_override": by_override(result),
        "sections": [
            _section(_("All ratings"), result["all"]),
            _section(_("Customers who had rated before"), result["with_history"]),
        ],
    }


def _section(title: str, found: dict[str, Any]) -> dict[str, Any]:
    if "error" in found:
        return {"title": title, "error": found["error"]}
    return {
        "title": title,
        "verdicts": list(
            zip((TONES[found["verdict"][name]] for name in ("auc", "log_loss")), verdicts(found), strict=True)
        ),
        "fitted_on": found["fitted_on"],
        "tested_on": found["tested_on"],
        "customers": found["customers"],
        "split_at": parse_datetime(found["split_at"]),
        "bad_share": _percent(found["bad_share"]),
        "base_log_loss": _figure(found["base_log_loss"]),
        "rows": [_row(judgement) for judgement in found["judgements"]],
        "auc_chart": _auc_chart(found["judgements"]),
        "auc_options": _auc_options(found["judgements"]),
        "calibration_chart": _calibration_chart(found["judgements"][0]["bins"]),
        "calibration_options": json.dumps(calibration_lines(_("tenths of ratings, the most hopeful first"))),
        "calibrations": [
            (PREDICTORS[judgement["name"]], [_tenth(number, row) for number, row in enumerate(judgement["bins"], 1)])
            for judgement in found["judgements"]
        ],
    }


def _row(judgement: dict[str, Any]) -> dict[str, Any]:
    better = judgement["better_auc"], judgement["better_log_loss"]
    return {
        "name": PREDICTORS[judgement["name"]],
        "auc": _figure(judgement["auc"]["value"]),
        "auc_span": _span(judgement["auc"]),
        "log_loss": _figure(judgement["log_loss"]["value"]),
        "log_loss_span": _span(judgement["log_loss"]),
        "calibration_error": _percent(judgement["calibration_error"]),
        "better": [_better(estimate) for estimate in better] if better[0] else None,
    }


def _better(estimate: dict[str, float]) -> dict[str, str]:
    """By how much the score is better; a colour only where the interval excludes zero."""
    sign = "+" if estimate["value"] >= 0 else "−"
    tone = "good" if estimate["low"] > 0 else "bad" if estimate["high"] < 0 else "muted"
    return {"value": f"{sign}{_figure(abs(estimate['value']))}", "span": _span(estimate), "tone": tone}


def _tenth(number: int, row: dict[str, float]) -> tuple[Any, ...]:
    span = f"{_percent(row['low'])} … {_percent(row['high'])}"
    count = number_format(row["count"], 0, force_grouping=True)
    return number, count, _percent(row["foretold"]), _percent(row["observed"]), span


def _auc_chart(judgements: list[dict[str, Any]]) -> str:
    bars = {
        "label": _("Interval (95 %)"),
        "data": [[round(row["auc"]["low"], 4), round(row["auc"]["high"], 4)] for row in judgements],
        "backgroundColor": [BLUE if row["name"] == "satisfaction" else GREY for row in judgements],
        "borderRadius": 3,
        "minBarLength": 3,
        "maxBarThickness": 18,
    }
    return json.dumps({"labels": [str(PREDICTORS[row["name"]]) for row in judgements], "datasets": [bars]})


def _auc_options(judgements: list[dict[str, Any]]) -> str:
    low = min(0.5, *(row["auc"]["low"] for row in judgements))
    high = max(0.6, *(row["auc"]["high"] for row in judgements))
    return json.dumps(interval_bars(max(0.0, int(low * 20) / 20), min(1.0, (int(high * 20) + 1) / 20)))


def _calibration_chart(bins: list[dict[str, float]]) -> str:
    return json.dumps(calibration_data([row["foretold"] for row in bins], [row["observed"] for row in bins]))


def _figure(value: float) -> str:
    return str(number_format(round(value, 4), 4))


def _span(estimate: dict[str, float]) -> str:
    low, high = (
        f"−{_figure(-bound)}" if bound < 0 else _figure(bound) for bound in (estimate["low"], estimate["high"])
    )
    return f"{low} … {high}"


def _percent(share: float) -> str:
    return f"{number_format(round(100 * share, 1), 1)} %"
