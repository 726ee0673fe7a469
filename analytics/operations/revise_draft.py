from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.choices import VersionEventKind
from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.note_version import differences, note_version
from analytics.operations.read_parameters import read_parameters
from analytics.operations.take_overrides import take_overrides
from customers.models import Segment, User

Version = TypeVar("Version", ScoreModelVersion, PreferenceModelVersion)
FIELDS = ("label", "note", "parameters", "overrides")


class VersionIsFrozen(Exception):
    """The version was activated: stored scores name it, so nothing of it changes any more."""

    def __init__(self) -> None:
        super().__init__(_("This version was activated, so it cannot be changed. Draft a new one from it."))


@transaction.atomic
def revise_draft(
    *,
    version: Version,
    changes: Mapping[str, Any],
    at: datetime,
    by: User | None = None,
    segments: Iterable[Segment] = (),
    expected_version: int | None = None,
    kind: VersionEventKind = VersionEventKind.EDITED,
) -> Version:
    """Change label, note, parameters (all of them, those left out take the default) or overrides (see take_overrides)
    of a draft; what changed goes on record.

    Raises VersionIsFrozen, StaleVersion, OverrideRefused, and ValueError that names the field."""
    lock_draft(version=version, expected_version=expected_version)
    before = _state(version)
    model: type[Version] = type(version)
    if "parameters" in changes:
        version.parameters = read_parameters(model, changes["parameters"])
    # Always read anew: an override must still be possible beside the parameters for everybody.
    version.overrides = take_overrides(
        model=model,
        parameters=version.parameters,
        given=changes.get("overrides", version.overrides),
        segments=segments,
        standing=version.overrides,
    )
    for name in ("label", "note"):
        setattr(version, name, changes.get(name, getattr(version, name)))
    changed = differences(before, _state(version))
    if changed:
        version.save_checked(update_fields=list(FIELDS))
        note_version(version=version, kind=kind, at=at, by=by, changes=changed)
    return version


def lock_draft(*, version: ScoreModelVersion | PreferenceModelVersion, expected_version: int | None = None) -> None:
    """Read a draft anew, locked until the end of the transaction. Raises VersionIsFrozen, StaleVersion."""
    rows: Any = type(version)._base_manager.select_for_update()
    version.refresh_from_db(from_queryset=rows)
    version.require_version(expected_version)
    if not version.is_draft:
        raise VersionIsFrozen


def _state(version: Version) -> dict[str, Any]:
    return {name: getattr(version, name) for name in FIELDS}
