from collections.abc import Iterable, Iterator
from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone

from analytics.models import CustomerScore, ScoreModelVersion, ScoreSnapshot
from analytics.operations.compute_scores import PERIOD
from analytics.operations.explanation import ChangedFact, Explanation, Movement
from analytics.operations.fact_words import is_order_promise
from analytics.operations.override_sets import override_sets
from analytics.operations.read_facts import FactSheet, read_facts
from analytics.operations.score_distribution import percentile_of, score_distribution
from analytics.operations.version_parameters import override_name, parameter_sets, parameters_of
from analytics.scoring import satisfaction
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.waterfall import waterfall
from analytics.sql.whose import Whose
from customers.models import Customer, Observation, Order
from customers.operations.why_not_profiled import why_not_profiled

Stored = CustomerScore | ScoreSnapshot


class NotProfiled(Exception):
    """There is no score to explain: the customer objected to profiling, is restricted or was erased. The text says
    which."""


def explain_score(*, customer: Customer, at: datetime, as_of: datetime | None = None) -> Explanation:
    """Why a customer's score is what it is, down to the tickets, ratings and orders behind it. Writes nothing.

    Without `as_of`, the stored score; with it, the snapshot of that day in TIME_ZONE where there is one. It is
    replayed from what was on record when it was computed, and gives the stored number exactly; what was recorded or
    corrected later is named, with the number that follows from it. Where nothing is stored, the score is computed as
    of `as_of` (or `at`) from everything known now.

    Raises NotProfiled."""
    if reason := why_not_profiled(customer=customer):
        raise NotProfiled(reason)
    stored = _stored(customer, as_of)
    if stored is None:
        return _fresh(customer, as_of, at)
    parameters = parameters_of(stored)
    replay = read_facts(as_of=stored.as_of, whose=Whose.these([customer.pk]), version=stored.activity_version)
    now = read_facts(as_of=stored.as_of, whose=Whose.these([customer.pk]))
    result = satisfaction.score(replay.facts(), parameters, stored.as_of)
    changed = tuple(_changed_since(stored))
    decisions = _decisions(customer, stored.as_of, stored.activity_version)
    return Explanation(
        customer_id=customer.pk,
        as_of=stored.as_of,
        version=stored.version.number,
        override=override_name(stored),
        score=stored.score,
        satisfaction=result,
        rows=replay.rows,
        percentile=percentile_of(stored.score, score_distribution()),
        stored=stored.score,
        replayed=_score(replay, parameters),
        now=_score(now, parameters),
        is_stale=isinstance(stored, CustomerScore) and stored.activity_version != customer.activity_version,
        changed_since=changed,
        moved=_movement(customer, stored.as_of, result),
        decisions=decisions,
        standing=frozenset(now.observation_ids.tolist()),
        orders=_orders([*replay.rows.values(), *(change.row for change in changed), *decisions]),
    )


def _fresh(customer: Customer, date: datetime | None, at: datetime) -> Explanation:
    as_of = at if date is None else min(date, at)
    version = ScoreModelVersion.objects.active().first()
    whose = Whose.these([customer.pk])
    parameters, name = ScoreParameters(), ""
    if version is not None:
        number = int(override_sets(version=version, whose=whose, customer_ids=[customer.pk], at=as_of)[0])
        parameters = parameter_sets(version)[number]
        name = str(version.overrides[number - 1]["name"]) if number else ""
    known = read_facts(as_of=as_of, whose=whose)
    result = satisfaction.score(known.facts(), parameters, as_of)
    decisions = _decisions(customer, as_of, int(known.versions[0]))
    return Explanation(
        customer_id=customer.pk,
        as_of=as_of,
        version=version.number if version else None,
        override=name,
        score=result.score,
        satisfaction=result,
        rows=known.rows,
        percentile=percentile_of(result.score, score_distribution()),
        now=result.score,
        is_stale=date is None,
        moved=_movement(customer, as_of, result),
        decisions=decisions,
        standing=frozenset(known.observation_ids.tolist()),
        orders=_orders([*known.rows.values(), *decisions]),
    )


def _stored(customer: Customer, as_of: datetime | None) -> Stored | None:
    """What is stored of the day of `as_of`, the newest of it; without a date, the score now."""
    scores = CustomerScore.objects.filter(pk=customer.pk).select_related("version")
    if as_of is None:
        return scores.first()
    morning = datetime.combine(timezone.localtime(as_of).date(), time.min)
    of_day = (timezone.make_aware(morning), as_of)
    snapshots = ScoreSnapshot.objects.filter(customer=customer, as_of__range=of_day).select_related("version")
    found: list[Stored] = [*scores.filter(as_of__range=of_day), *snapshots.order_by("-as_of")[:1]]
    return max(found, key=lambda row: row.as_of, default=None)


def _score(sheet: FactSheet, parameters: ScoreParameters) -> float:
    """By the same arithmetic as the stored score, so that a replay equals it to the last bit."""
    return float(sheet.scores(parameters).score[0])


def _decisions(customer: Customer, as_of: datetime, version: int) -> tuple[Observation, ...]:
    """The facts that somebody had left out or taken back, as known then."""
    known = Observation.objects.known_at(as_of=as_of, version=version).filter(customer=customer)
    decided = known.filter(Q(is_exclusion=True) | Q(excluded_by__isnull=False))
    return tuple(decided.select_related("excluded_by").order_by("pk"))


def _orders(rows: Iterable[Observation]) -> dict[int, Order]:
    """The dates of the orders that broke their promise: in words it is said by how much."""
    keys = {row.subject_id for row in rows if is_order_promise(row) and not row.value}
    return Order.objects.only("promised_at", "delivered_at").in_bulk(keys)


def _changed_since(stored: Stored) -> Iterator[ChangedFact]:
    """Facts up to the score's date that were recorded, corrected, excluded or withdrawn after it was computed."""
    seen = stored.activity_version
    later = Q(recorded_version__gt=seen) | Q(superseded_version__gt=seen)
    rows = Observation.objects.filter(later, customer_id=stored.customer_id, at__lte=stored.as_of)
    for row in rows.select_related("excluded_by").order_by("pk"):
        if row.recorded_version <= seen:
            yield ChangedFact(row, "superseded")
        elif row.is_exclusion:
            yield ChangedFact(row, "excluded")
        else:
            yield ChangedFact(row, "readmitted" if row.excluded_by_id else "recorded")


def _movement(customer: Customer, as_of: datetime, after: satisfaction.Satisfaction) -> Movement | None:
    """The exact split of the change since the newest snapshot that is thirty days older, or more."""
    older = ScoreSnapshot.objects.filter(customer=customer, as_of__lte=as_of - PERIOD).select_related("version")
    past = older.order_by("-as_of").first()
    if past is None:
        return None
    parameters = parameters_of(past)
    known = read_facts(as_of=past.as_of, whose=Whose.these([customer.pk]), version=past.activity_version)
    before = satisfaction.score(known.facts(), parameters, past.as_of)
    return Movement(past.as_of, waterfall(before, after), past.version.number)
