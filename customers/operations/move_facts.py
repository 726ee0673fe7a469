"""The facts of a customer who is merged into another, and of both when it is undone. Nothing is rewritten: a fact is
withdrawn here and put on record there, each at the activity version of its customer, so that old scores replay."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from customers.models import Merge, Observation
from customers.operations.customer_links import Subject, fact_subjects
from customers.sql.copy_facts import copy_facts

Facts = QuerySet[Observation]


def move_facts(*, gone_id: int, kept_id: int, versions: dict[int, int], at: datetime) -> dict[str, int]:
    """Put what stands of `gone` on record for `kept`, exclusions with their reasons included, unless it has a fact of
    that factor about the same subject. Three statements, however many there are."""
    standing = _standing(gone_id)
    count = copy_facts(_unknown_to(kept_id, standing), to=kept_id, version=versions[kept_id], at=at)
    _withdraw(standing, versions[gone_id])
    return {"gone": versions[gone_id], "kept": versions[kept_id], "count": count}


def move_facts_back(*, merge: Merge, versions: dict[int, int], at: datetime) -> None:
    """Put the facts about the rows that went back on record for `gone`, as they stand now, and withdraw them from
    `kept` unless they are its own too. Of subjects without a row the merge itself knows whose they were."""
    kept_id, gone_id = merge.kept_id, merge.gone_id
    standing = _standing(kept_id)
    by_merge = Q(recorded_version=merge.facts["kept"])
    theirs, only_theirs = Q(pk__in=[]), Q(pk__in=[])
    for subject in fact_subjects():
        about, lost = Q(subject_type=subject.type), Q(subject_type=subject.type) & ~_has_row(subject)
        rows = subject.model._base_manager.filter(subject.about(gone_id))
        only_of_gone = rows.exclude(subject.about(kept_id))
        theirs |= (about & Q(subject_id__in=rows.values("pk"))) | (lost & by_merge)
        only_theirs |= about & Q(subject_id__in=only_of_gone.values("pk"))
        only_theirs |= about & by_merge & Q(subject_id__in=rows.values("pk"))
        only_theirs |= lost & by_merge
        # Both had it, and its subject has no row: what was withdrawn stands again.
        own = Observation.objects.filter(lost, customer=gone_id, superseded_version=merge.facts["gone"])
        kept_too = own.filter(Exists(_same(standing))).exclude(Exists(_same(standing.filter(by_merge))))
        copy_facts(_unknown_to(gone_id, kept_too), to=gone_id, version=versions[gone_id], at=at)
    copy_facts(_unknown_to(gone_id, standing.filter(theirs)), to=gone_id, version=versions[gone_id], at=at)
    _withdraw(standing.filter(only_theirs), versions[kept_id])


def _standing(customer_id: int) -> Facts:
    return Observation.objects.filter(customer=customer_id, superseded_version=None)


def _same(facts: Facts) -> Facts:
    """Those of the facts that say something of the same factor and subject as the outer row."""
    same: dict[str, Any] = {name: OuterRef(name) for name in ("factor", "subject_type", "subject_id")}
    return facts.filter(**same)


def _unknown_to(customer_id: int, facts: Facts) -> Facts:
    return facts.filter(~Exists(_same(_standing(customer_id))))


def _has_row(subject: Subject) -> Exists:
    return Exists(subject.model._base_manager.filter(pk=OuterRef("subject_id")))


def _withdraw(facts: Facts, version: int) -> int:
    """As withdraw_facts does it, for many at once."""
    return facts.update(superseded_at=F("at"), superseded_version=version)
