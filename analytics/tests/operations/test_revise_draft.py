from functools import partial

import pytest

from analytics.choices import VersionEventKind, VersionOf
from analytics.models import PreferenceModelVersion, ScoreModelVersion, VersionEvent
from analytics.operations.activate_version import activate_version
from analytics.operations.discard_draft import discard_draft
from analytics.operations.draft_version import draft_version
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.revise_draft import VersionIsFrozen, revise_draft
from analytics.tests.histories import DAY, score_everybody
from analytics.tests.versions import british, draft, organisations
from customers.models import Customer, StaleVersion, Team, User
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db


def events(version: ScoreModelVersion) -> list[tuple[str, str | None]]:
    rows = VersionEvent.objects.filter(of=version.of, number=version.number).order_by("id")
    return [(row.kind, row.by.username if row.by else None) for row in rows]


def test_what_changed_goes_on_record_with_who_and_when(acme: Customer, bob: User) -> None:
    version = draft(british(), by=bob)
    changed = {**version.parameters, "quality": {**version.parameters["quality"], "half_life_days": 90.0}}
    revise_draft(version=version, changes={"label": "Shorter", "parameters": changed}, by=bob, at=NOW + DAY)
    version.refresh_from_db()
    assert (version.label, version.parameters["quality"]["half_life_days"], version.version) == ("Shorter", 90.0, 2)
    event = VersionEvent.objects.filter(kind=VersionEventKind.EDITED).get()
    assert (event.of, event.number, event.at, event.by) == (VersionOf.SCORE, version.number, NOW + DAY, bob)
    assert event.changes == {"label": ["", "Shorter"], "quality.half_life_days": [180.0, 90.0]}


def test_overrides_are_reordered_changed_and_taken_away(acme: Customer, bob: User) -> None:
    first, second = british(), organisations()
    version = draft(first, second)
    swapped = [version.overrides[1], {"segment": first.pk, "parameters": {"price": {"exponent": -2.0}}}]
    revise_draft(version=version, changes={"overrides": swapped}, at=NOW, by=bob)
    assert [row["name"] for row in version.overrides] == ["Organisations", "British"]
    event = VersionEvent.objects.filter(kind=VersionEventKind.EDITED).get()
    assert event.changes == {
        "overrides": [["British", "Organisations"], ["Organisations", "British"]],
        f"overrides.{first.pk}.quality.exponent": [2.0, None],
        f"overrides.{first.pk}.price.exponent": [None, -2.0],
    }
    revise_draft(version=version, changes={"overrides": []}, at=NOW, by=bob)
    version.refresh_from_db()
    assert version.overrides == []


def test_nothing_changed_is_not_worth_a_line(acme: Customer) -> None:
    version = draft()
    revise_draft(version=version, changes={"label": "", "parameters": version.parameters}, at=NOW)
    assert (version.version, events(version)) == (1, [("drafted", None)])


def test_a_version_that_was_ever_in_force_is_frozen(acme: Customer) -> None:
    score_everybody()
    version = draft()
    activate_version(version=version, at=NOW)
    first = ScoreModelVersion.objects.get(number=1)
    for frozen in (version, first):
        with pytest.raises(VersionIsFrozen, match="Draft a new one"):
            revise_draft(version=frozen, changes={"label": "x"}, at=NOW)
        with pytest.raises(VersionIsFrozen):
            discard_draft(version=frozen, at=NOW)


def test_a_stale_save_is_refused(acme: Customer) -> None:
    version = draft()
    revise_draft(version=version, changes={"label": "theirs"}, at=NOW, expected_version=1)
    with pytest.raises(StaleVersion):
        revise_draft(version=version, changes={"label": "mine"}, at=NOW, expected_version=1)
    version.refresh_from_db()
    assert version.label == "theirs"


def test_impossible_parameters_change_nothing(acme: Customer) -> None:
    version = draft(british())
    with pytest.raises(ValueError, match=r"quality\.baseline"):
        revise_draft(version=version, changes={"parameters": {"quality": {"baseline": 2.0}}}, at=NOW)
    version.refresh_from_db()
    assert (version.version, version.parameters["quality"]["baseline"]) == (1, 0.8)


def test_a_discarded_draft_stays_on_record_and_its_number_is_not_used_again(acme: Customer, bob: User) -> None:
    version = draft(by=bob)
    number = version.number
    discard_draft(version=version, by=bob, at=NOW)
    assert not ScoreModelVersion.objects.filter(number=number).exists()
    assert VersionEvent.objects.filter(of="score", number=number, kind="discarded", by=bob).exists()
    assert draft().number == number + 1


def test_all_that_happens_to_a_version_is_on_record(acme: Customer, bob: User, root: User) -> None:
    first = ensure_versions(at=NOW)[0]
    version = draft(by=bob)
    activate_version(version=version, at=NOW, by=root)
    activate_version(version=first, at=NOW + DAY, by=bob)
    assert events(version) == [("drafted", "bob"), ("activated", "root")]
    assert events(first) == [("activated", None), ("rolled_back", "bob")]
    back = VersionEvent.objects.get(kind="rolled_back")
    assert back.changes == {"in force": [version.number, 1]}


def test_preferences_are_on_record_of_their_own(acme: Customer, bob: User) -> None:
    version = draft_version(model=PreferenceModelVersion, parameters={}, at=NOW, by=bob)
    weights = {"weights": {"rating": 0.9}}
    revise_draft(version=version, changes={"parameters": weights}, at=NOW, by=bob)
    event = VersionEvent.objects.get(kind="edited")
    assert (event.of, event.changes) == ("preference", {"weights.rating": [0.2, 0.9]})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins_and_the_other_is_told() -> None:
    Customer.objects.create(name="A", team=Team.objects.get(), created_at=NOW)
    version = draft()

    def save(label: str) -> ScoreModelVersion:
        mine = ScoreModelVersion.objects.get(pk=version.pk)
        return revise_draft(version=mine, changes={"label": label}, at=NOW, expected_version=1)

    results = at_once(partial(save, "one"), partial(save, "two"))
    assert sorted(type(result).__name__ for result in results) == ["ScoreModelVersion", "StaleVersion"]
