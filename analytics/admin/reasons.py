"""The few things that moved a score most, each a ticket, a rating or an order with its points."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from analytics.admin.score_display import points
from analytics.admin.subjects import Subject, Subjects
from analytics.choices import FACTOR_NAMES
from analytics.operations.explain_score import explain_score
from analytics.operations.explanation import Explanation
from customers.models import Customer

SHOWN = 3
LEAST = 0.05  # points: what moves less says nothing


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved the score: what it is, of which factor, by how many points."""

    subject: Subject
    factor: Any
    points: SafeString


def reasons_for(customer: Customer, request: HttpRequest, *, at: datetime) -> list[Reason]:
    """What moved the score most within the last month; what weighs most in it where it has no past."""
    found = explain_score(customer=customer, at=at)
    strongest = sorted(_pieces(found), key=lambda piece: -abs(piece[1].points))[:SHOWN]
    told = [(name, piece) for name, piece in strongest if abs(piece.points) >= LEAST]
    subjects = Subjects(found, request) if told else None
    return [
        Reason(subjects.of(piece.subject_type, piece.subject_id), FACTOR_NAMES[name], points(piece.points))
        for name, piece in told
        if subjects
    ]


def _pieces(found: Explanation) -> list[tuple[str, Any]]:
    rows: Any = found.moved.waterfall.rows if found.moved else found.satisfaction.factors
    return [(row.name, piece) for row in rows for piece in row.evidence]
