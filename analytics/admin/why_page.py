"""Why this score: every point of it, down to the tickets, ratings and orders, as of now or of an earlier date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.contest import MAY_CONTEST, LeftOut, ReadmitForm, decided, left_out_rows
from analytics.admin.score_card import shown_value
from analytics.admin.score_display import points, pull, tone_of
from analytics.admin.subjects import Subject, Subjects
from analytics.choices import FACTOR_NAMES
from analytics.operations.explain_score import explain_score
from analytics.operations.explanation import Explanation
from analytics.operations.moment_of import moment_of
from analytics.operations.rank_words import rank
from analytics.scoring.satisfaction import Evidence, FactorResult
from analytics.scoring.waterfall import Cause, WaterfallRow
from customers.admin.customer_page import page_frame, visible_customer
from customers.models import Observation
from customers.operations.why_not_profiled import why_not_profiled

CAUSES = {
    Cause.NEW: gettext_lazy("new"),
    Cause.GONE: gettext_lazy("gone"),
    Cause.CHANGED: gettext_lazy("still waiting"),
    Cause.AGED: gettext_lazy("older now"),
}
WHAT = {
    "recorded": gettext_lazy("recorded later"),
    "superseded": gettext_lazy("corrected later"),
    "excluded": gettext_lazy("left out later"),
    "readmitted": gettext_lazy("taken back later"),
}
SHOWN_MOVES = 4
SHOWN_FACTS = 6  # of a factor; the rest unfolds


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence: which ticket, rating or order, what it said, what it weighs and does. note: what somebody
    decided about it. stands: it may be left out."""

    pk: int
    subject: Subject
    at: datetime
    said: str
    weight: str
    points: SafeString
    bar: SafeString
    note: str
    stands: bool


@dataclass(frozen=True, slots=True)
class FactorSection:
    """One factor with its evidence, the strongest first, and what somebody left out of it."""

    name: str
    code: str
    value: str
    baseline: str
    n_eff: float
    points: SafeString
    bar: SafeString
    low_evidence: bool
    facts: list[Fact]
    more: int
    left_out: list[LeftOut]


def why_page(
    model_admin: Any, request: HttpRequest, pk: int, *, at: datetime, opened: tuple[int, ReadmitForm] | None = None
) -> HttpResponse:
    """Render the page. `?as_of=DATE` looks at an earlier day; nonsense there is said, and today is shown. `opened`: the
    fact that somebody is about to decide on, and the form, such as one that was refused."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm("analytics.view_customerscore"):
        raise PermissionDenied
    if reason := why_not_profiled(customer=customer):
        context = {**page_frame(model_admin, request, customer, tab="why"), "reason": reason}
        return TemplateResponse(request, "admin/analytics/not_profiled.html", context)
    asked = (request.POST or request.GET).get("as_of", "").strip()
    as_of, problem = _date(asked, at)
    found = explain_score(customer=customer, as_of=as_of, at=at)
    subjects = Subjects(found, request)
    context = {
        **page_frame(model_admin, request, customer, tab="why"),
        "asked": asked,
        "problem": problem,
        "found": found,
        "number": round(found.score),
        "tone": tone_of(found.score),
        "dial": f"{found.score * 0.75:.2f}",
        "rank": rank(found.percentile),
        "factors": _factors(found, subjects),
        "moved": _moved(found, subjects),
        "changed_since": _changed_since(found, subjects),
        "may_contest": request.user.has_perm(MAY_CONTEST),
        "opened": opened[0] if opened else None,
        "contest_form": opened[1] if opened else None,
        "differs_now": found.stored is not None and abs(found.now - found.score) >= 0.05,
    }
    return TemplateResponse(request, "admin/analytics/why_page.html", context)


def _changed_since(found: Explanation, subjects: Subjects) -> list[tuple[Any, Subject, Observation]]:
    """What came on record later. A decision says all of its fact: that the row before it went is not said as well."""
    decisions = {_about(change.row) for change in found.changed_since if change.what in ("excluded", "readmitted")}
    return [
        (WHAT[change.what], subjects.of(change.row.subject_type, change.row.subject_id), change.row)
        for change in found.changed_since
        if change.what != "superseded" or _about(change.row) not in decisions
    ]


def _about(row: Observation) -> tuple[int, str, int]:
    return row.factor, row.subject_type, row.subject_id


def _date(asked: str, at: datetime) -> tuple[datetime | None, str]:
    if not asked:
        return None, ""
    try:
        return min(moment_of(asked), at), ""
    except ValueError:
        return None, _("“%(text)s” is no date such as 2026-03-31; this is the score now.") % {"text": asked}


def _factors(found: Explanation, subjects: Subjects) -> list[FactorSection]:
    factors = found.satisfaction.factors
    most = max(5.0, *(abs(factor.points) for factor in factors))
    return [_factor(found, factor, subjects, most) for factor in factors]


def _factor(found: Explanation, factor: FactorResult, subjects: Subjects, most: float) -> FactorSection:
    largest = max((abs(row.points) for row in factor.evidence), default=0.0)
    strongest = sorted(factor.evidence, key=lambda row: (-abs(row.points), -row.observation_id))
    return FactorSection(
        name=str(FACTOR_NAMES[factor.name]),
        code=factor.name,
        value=shown_value(factor.name, factor.value),
        baseline=shown_value(factor.name, factor.baseline),
        n_eff=factor.n_eff,
        points=points(factor.points),
        bar=pull(factor.points, most=most),
        low_evidence=factor.low_evidence,
        facts=[
            Fact(
                pk=row.observation_id,
                subject=subjects.of(row.subject_type, row.subject_id),
                at=row.at,
                said=found.said(found.rows[row.observation_id]),
                weight=f"{100 * row.weight:.0f} %",
                points=points(row.points, digits=2),
                bar=pull(row.points, most=largest),
                note=_note(found, row),
                stands=row.observation_id in found.standing,
            )
            for row in strongest
        ],
        more=len(strongest) - SHOWN_FACTS,
        left_out=left_out_rows(found, subjects, factor.name),
    )


def _note(found: Explanation, row: Evidence) -> str:
    decision = found.decision_on(row.observation_id)
    return f"{decided(decision)}: {decision.reason}" if decision else ""


def _moved(found: Explanation, subjects: Subjects) -> dict[str, Any] | None:
    if found.moved is None:
        return None
    fall = found.moved.waterfall
    most = max(1.0, *(abs(row.points) for row in fall.rows))
    return {
        "since": found.moved.since,
        "before": round(fall.score_before),
        "after": round(fall.score_after),
        "total": points(fall.points),
        "rows": [
            (FACTOR_NAMES[row.name], points(row.points), pull(row.points, most=most), _causes(row, found, subjects))
            for row in fall.rows
        ],
    }


def _causes(row: WaterfallRow, found: Explanation, subjects: Subjects) -> list[tuple[Subject, Any, SafeString]]:
    """What moved a factor most, each with its reason."""
    left_out = {(fact.subject_type, fact.subject_id) for fact in found.left_out(row.name)}
    strongest = sorted(row.evidence, key=lambda piece: -abs(piece.points))[:SHOWN_MOVES]
    return [
        (
            subjects.of(piece.subject_type, piece.subject_id),
            _("left out") if (piece.subject_type, piece.subject_id) in left_out else CAUSES[piece.cause],
            points(piece.points, digits=2),
        )
        for piece in strongest
        if abs(piece.points) >= 0.005
    ]
