"""An explanation as lines of text that add up: 50 and the points of the factors give the score."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.operations.explanation import Explanation, Movement
from analytics.operations.fact_words import is_order_promise
from analytics.operations.rank_words import rank
from analytics.scoring.satisfaction import Evidence
from customers.choices import Factor, Measure, SubjectType
from customers.models import Observation

SECONDS_AN_HOUR = 3600


def explanation_text(explanation: Explanation) -> str:
    """The explanation for a terminal."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield _("Customer %(id)s, as of %(as_of)s, model version %(version)s") % {
        "id": explanation.customer_id,
        "as_of": _moment(explanation.as_of),
        "version": explanation.version or _("none yet"),
    }
    if explanation.override:
        yield _("With the parameters for “%(segment)s”") % {"segment": explanation.override}
    yield _score_line(explanation)
    yield ""
    yield _row(_("The average customer"), 50.0)
    for factor in explanation.satisfaction.factors:
        label = str(Factor[factor.name.upper()].label)
        figures = _("%(value).3f, average %(baseline).3f, evidence %(n).1f") % {
            "value": factor.value,
            "baseline": factor.baseline,
            "n": factor.n_eff,
        }
        yield _row(f"{label}: {figures}", factor.points, signed=True)
        for piece in factor.evidence:
            yield _row(f"    {_evidence(explanation, piece)}", piece.points, signed=True)
    yield _row(_("Score"), explanation.score)
    yield from _left_out(explanation)
    if explanation.stored is not None:
        yield from _two_numbers(explanation)
    if explanation.moved is not None:
        yield from _movement(explanation.moved)


def _score_line(explanation: Explanation) -> str:
    line = _("Score %(score).1f of 100, raw %(raw).4f") % {
        "score": explanation.score,
        "raw": explanation.satisfaction.raw,
    }
    if explanation.percentile is not None:
        line += ", " + rank(explanation.percentile)
    if explanation.low_evidence:
        line += " (" + _("low evidence") + ")"
    return line


def _row(label: str, points: float, *, signed: bool = False) -> str:
    # + 0.0, so that nothing is not shown as -0.00
    return f"{label:<90} {points + 0.0:{'+' if signed else ''}8.2f}"


def _evidence(explanation: Explanation, piece: Evidence) -> str:
    fact = explanation.rows[piece.observation_id]
    return _("%(subject)s %(id)s, %(at)s: %(fact)s, weight %(weight).2f") % {
        "subject": SubjectType(piece.subject_type).label,
        "id": piece.subject_id,
        "at": _moment(piece.at),
        "fact": _fact(explanation, fact),
        "weight": piece.weight,
    }


def _left_out(explanation: Explanation) -> Iterator[str]:
    rows = [row for factor in explanation.satisfaction.factors for row in explanation.left_out(factor.name)]
    if not rows:
        return
    yield ""
    yield _("Left out of the score:")
    for row in rows:
        end = _("until %(moment)s") % {"moment": _moment(row.excluded_until)} if row.excluded_until else _("for good")
        yield f"    {row.get_factor_display()}, {_about(explanation, row)}: {row.reason} ({_by(row)}, {end})"


def _about(explanation: Explanation, row: Observation) -> str:
    fact = _fact(explanation, row)
    return f"{row.get_subject_type_display()} {row.subject_id}, {_moment(row.at)}: {fact}"


def _by(row: Observation) -> str:
    return str(row.excluded_by or _("by nobody who is still here"))


def _fact(explanation: Explanation, row: Observation) -> str:
    measure, value, reference = Measure(row.measure), row.value, row.reference
    if is_order_promise(row):
        return explanation.said(row)
    if measure == Measure.DEFECT:
        return str(measure.label)
    if measure == Measure.REPLY:
        hours = {"hours": (value or 0) / SECONDS_AN_HOUR, "target": (reference or 0) / SECONDS_AN_HOUR}
        if value is None:
            return _("no reply yet, target %(target).1f h") % hours
        return _("reply after %(hours).1f h, target %(target).1f h") % hours
    given = f"{value:g}" if value is not None else ""
    return f"{measure.label}: {given}" if reference is None else f"{measure.label}: {given} / {reference:g}"


def _two_numbers(explanation: Explanation) -> Iterator[str]:
    if explanation.is_stale:
        yield _("Something was recorded since; the score will be computed anew within two minutes.")
    if not explanation.changed_since:
        return
    yield ""
    yield _("Stored %(stored).4f; with what is known now %(now).4f. Since it was computed:") % {
        "stored": explanation.stored,
        "now": explanation.now,
    }
    whats = {
        "recorded": _("recorded"),
        "superseded": _("replaced or withdrawn"),
        "excluded": _("left out"),
        "readmitted": _("taken back into the score"),
    }
    for change in explanation.changed_since:
        why = f" – {change.row.reason}" if change.row.reason else ""
        yield f"    {whats[change.what]}: {_about(explanation, change.row)}{why}"


def _movement(moved: Movement) -> Iterator[str]:
    yield ""
    yield _row(_("What moved it since %(since)s") % {"since": _moment(moved.since)}, moved.waterfall.score_before)
    for row in moved.waterfall.rows:
        yield _row(f"    {Factor[row.name.upper()].label}", row.points, signed=True)
    yield _row(_("Score"), moved.waterfall.score_after)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "Y-m-d H:i")
