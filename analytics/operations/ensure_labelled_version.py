from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from analytics.choices import VersionEventKind, VersionState
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.activate_version import activate_version
from analytics.operations.draft_version import draft_version
from analytics.operations.ensure_versions import is_ready_for_a_first_version
from analytics.operations.note_version import note_version
from analytics.operations.read_parameters import read_parameters
from customers.models import User

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)


@transaction.atomic
def ensure_labelled_version(
    *,
    model: type[Version],
    label: str,
    parameters: Mapping[str, Any],
    at: datetime,
    by: User | None = None,
    note: str = "",
) -> Version:
    """The version of this label, whatever its state: made, measured on the customers as of `at` and put in force where
    there is none. In a system without facts it waits as a draft: the first run puts it in force, with what it measures
    then (ensure_versions). Raises ValueError that names the field for impossible parameters."""
    list(model.objects.select_for_update().order_by("pk"))  # of two at once one comes after the other
    found = model.objects.filter(label=label).order_by("number").first()
    if found is not None:
        return found
    if not model.objects.active().exists() and not is_ready_for_a_first_version(at=at):
        return _waiting(model, label, parameters, note, at, by)
    version = draft_version(model=model, parameters=parameters, label=label, note=note, at=at, by=by)
    activate_version(version=version, at=at, measure=True, by=by)
    return version


def _waiting(
    model: type[Version], label: str, parameters: Mapping[str, Any], note: str, at: datetime, by: User | None
) -> Version:
    newest = model.objects.order_by("-number").first()
    version = model.objects.create(
        number=newest.number + 1 if newest else 1,
        label=label,
        state=VersionState.DRAFT,
        parameters=read_parameters(model, parameters),
        note=note,
        created_at=at,
        created_by=by,
    )
    note_version(version=version, kind=VersionEventKind.DRAFTED, at=at, by=by)
    return version
