"""Drafts of the score model on their pages: written, previewed, activated, taken back; and who may."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.choices import VersionState
from analytics.models import CustomerScore, ScoreModelVersion, ScoringRun, VersionEvent, VersionPreview
from analytics.operations import start_measuring as measuring
from analytics.operations import start_preview as previewing
from analytics.operations.activate_version import activate_version
from analytics.operations.revise_draft import revise_draft
from analytics.operations.start_preview import start_preview
from analytics.operations.work_chunks import work_chunks
from analytics.scoring.parameters import FACTOR_NAMES, FIELD_NAMES
from analytics.tests.admin.conftest import LogIn
from analytics.tests.histories import rating
from analytics.tests.versions import british, draft, segment
from customers.models import Customer, Job, Segment, Team, User
from customers.operations.observe import observe
from tests.cast import NOW

BUDGET = 25
ADD = "admin:analytics_scoremodelversion_add"


@pytest.fixture
def client(log_in: LogIn, root: User, fallen: Customer) -> Client:
    """The browser of somebody who may do everything."""
    return log_in(root)


def page_of(version: ScoreModelVersion, view: str = "change", *more: Any) -> str:
    return reverse(f"admin:analytics_scoremodelversion_{view}", args=[version.pk, *more])


def typed(version: ScoreModelVersion, **changes: Any) -> dict[str, Any]:
    """What the form of a draft sends when these fields were changed."""
    numbers = {f"{f}__{name}": round(version.parameters[f][name], 6) for f in FACTOR_NAMES for name in FIELD_NAMES}
    seen = {"seen_version": version.version} if version.is_draft else {}
    return {"label": version.label, "note": version.note, **numbers, **seen, **changes}


def in_force() -> ScoreModelVersion:
    return ScoreModelVersion.objects.active().get()


def test_a_draft_begins_with_what_is_in_force_and_keeps_all_digits(client: Client, root: User) -> None:
    now = in_force()
    ScoreModelVersion.objects.filter(pk=now.pk).update(
        parameters={**now.parameters, "quality": {**now.parameters["quality"], "baseline": 0.123456789012}}
    )
    form = client.get(reverse(ADD)).context["adminform"].form
    assert form.initial["quality__baseline"] == 0.123457
    assert "In force: 0.123457." in form.fields["quality__baseline"].help_text
    now.refresh_from_db()
    response = client.post(reverse(ADD), typed(now, label="Stricter", quality__exponent="2"))
    made = ScoreModelVersion.objects.get(label="Stricter")
    assert response.headers["Location"].endswith(page_of(made))
    assert (made.state, made.created_by, made.number) == (VersionState.DRAFT, root, 2)
    assert made.parameters["quality"] == {**now.parameters["quality"], "exponent": 2.0}
    assert CustomerScore.objects.filter(version=made).count() == 0


def test_a_draft_from_another_version_takes_its_parameters_and_overrides(client: Client) -> None:
    other = draft(british(), label="Base", parameters={"price": {"prior_weight": 9.0}})
    Segment.objects.all().delete()
    address = f"{reverse(ADD)}?from={other.pk}"
    assert client.get(address).context["adminform"].form.initial["price__prior_weight"] == 9
    client.post(address, typed(other, label="Copy", seen_version=""))
    copy = ScoreModelVersion.objects.get(label="Copy")
    assert (copy.parameters, copy.overrides) == (other.parameters, other.overrides)
    assert client.get(f"{reverse(ADD)}?from=nonsense").context["draft_base"] == in_force()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("quality__half_life_days", "0", "Give a number from 0.01 to 36500."),
        ("quality__baseline", "1.5", "Give a number from 0.001 to 0.999."),
        ("price__exponent", "1", "Give a number from -10 to 0."),
        ("reliability__prior_weight", "lots", "Give a number from 0.01 to 1000000."),
        ("reliability__prior_weight", "", "This field is required."),
    ],
)
def test_impossible_numbers_are_refused_in_words(client: Client, field: str, value: str, said: str) -> None:
    response = client.post(reverse(ADD), typed(in_force(), **{field: value}))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {field: [said]}
    assert ScoreModelVersion.objects.count() == 1


def test_a_stale_save_is_refused_and_shows_what_changed(client: Client, bob: User) -> None:
    version = draft()
    sent = typed(version, quality__exponent="3")
    changed = {**version.parameters, "quality": {**version.parameters["quality"], "exponent": 2.0}}
    revise_draft(version=version, changes={"parameters": changed}, by=bob, at=NOW)
    response = client.post(page_of(version), sent)
    (difference,) = response.context["adminform"].form.differences
    assert (difference.label, difference.theirs, difference.yours) == ("Weight", "2", "3.0")
    version.refresh_from_db()
    assert version.parameters["quality"]["exponent"] == 2.0


def test_a_draft_is_edited_and_its_history_says_so(client: Client) -> None:
    version = draft()
    client.post(page_of(version), typed(version, note="Because", quality__half_life_days="90"))
    version.refresh_from_db()
    assert (version.note, version.parameters["quality"]["half_life_days"]) == ("Because", 90.0)
    text = client.get(page_of(version)).content.decode()
    assert "Quality · half-life, days" in text
    assert "root" in text


def test_a_version_that_was_in_force_has_no_form(client: Client) -> None:
    version = in_force()
    assert client.post(page_of(version), typed(version, label="x")).status_code == 403
    assert client.post(page_of(version, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(page_of(version, "override_add")).status_code == 403
    assert client.post(page_of(version, "do", "measure")).status_code == 403


def test_a_draft_is_discarded(client: Client) -> None:
    version = draft()
    assert client.post(page_of(version, "delete"), {"post": "yes"}).status_code == 302
    assert not ScoreModelVersion.objects.filter(pk=version.pk).exists()
    assert VersionEvent.objects.filter(kind="discarded", number=version.number).exists()


def test_a_preview_shows_who_would_move_with_links(client: Client, fallen: Customer) -> None:
    version = draft(parameters={"quality": {"baseline": 0.3}}, label="Milder")
    response = client.post(page_of(version, "do", "preview"))
    assert response.headers["Location"] == f"{page_of(version)}#preview"
    page = client.get(page_of(version))
    preview, text = page.context["preview"], page.content.decode()
    assert preview["result"]["customers"] == 2
    (up, movers), (_down, none) = preview["movers"]
    assert (str(up), [mover.customer for mover in movers], none) == ("Would rise most", [fallen], [])
    assert reverse("admin:customers_customer_why", args=[fallen.pk]) in text
    assert not preview["is_old"]
    revise_draft(version=version, changes={"label": "x"}, at=NOW)
    assert "Preview again." in client.get(page_of(version)).content.decode()


def test_movers_of_another_team_are_not_named(
    client: Client, log_in: LogIn, otto: User, ann: User, fallen: Customer
) -> None:
    version = draft(parameters={"quality": {"baseline": 0.3}})
    start_preview(version=version, at=NOW)
    for user, seen in ((ann, [fallen]), (otto, [])):
        preview = log_in(user).get(page_of(version)).context["preview"]
        assert [mover.customer for mover in preview["movers"][0][1]] == seen
        assert preview["result"]["customers"] == 2  # how everybody fares is told to everybody


def test_a_long_preview_shows_how_far_it_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    monkeypatch.setattr(measuring, "AT_ONCE", 0)
    version = draft()
    response = client.post(page_of(version, "do", "preview"))
    assert response.headers["Location"] == page_of(version)  # where it is told how far it is
    assert VersionPreview.objects.get().result is None
    page = client.get(page_of(version))
    assert page.context["job"] == Job.objects.get(kind="preview-version")
    assert page.context["preview"] is None
    assert "Nobody has looked yet" not in page.content.decode()
    assert "HX-Refresh" not in client.get(page_of(version, "progress")).headers
    client.post(page_of(version, "do", "measure"), {"seen_version": version.version})
    assert client.get(page_of(version)).context["job"].kind == "measure-version"


def test_baselines_are_measured(client: Client, acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=1000 + n) for n in range(60)], at=NOW)
    version = draft()
    client.post(page_of(version, "do", "measure"), {"seen_version": version.version})
    version.refresh_from_db()
    assert version.parameters["quality"]["baseline"] < 0.4
    again = client.post(page_of(version, "do", "measure"), {"seen_version": "1"}, follow=True)
    assert "Somebody edited this draft" in again.content.decode()


def test_activating_asks_first_then_everybody_is_scored_and_it_can_be_taken_back(client: Client, root: User) -> None:
    first, version = in_force(), draft(parameters={"quality": {"baseline": 0.3}})
    before = CustomerScore.objects.get(customer__name="Acme Pumps").score
    question = client.get(page_of(version, "activate")).content.decode()
    assert "Nobody has previewed it" in question
    assert in_force() == first  # asking does nothing
    done = client.post(page_of(version, "activate"), {"seen_version": version.version}, follow=True)
    assert "Version 2 is in force" in done.content.decode()
    assert in_force() == version
    assert client.get(page_of(version)).context["going_on"] == ScoringRun.objects.first()
    list(work_chunks(clock=timezone.now))
    assert CustomerScore.objects.get(customer__name="Acme Pumps").score > before

    page = client.get(page_of(version))
    assert page.context["previous"] == first
    assert "Roll back to version 1" in page.content.decode()
    client.post(page_of(first, "activate"), {"seen_version": page.context["previous"].version})
    list(work_chunks(clock=timezone.now))
    assert in_force() == first
    assert CustomerScore.objects.get(customer__name="Acme Pumps").version == first
    assert list(VersionEvent.objects.filter(by=root).values_list("kind", flat=True)) == ["rolled_back", "activated"]
    # again: said, and nothing happens
    assert "in force already" in client.post(page_of(first, "activate"), {}, follow=True).content.decode()


def test_a_draft_that_was_edited_since_is_not_activated(client: Client) -> None:
    version = draft()
    revise_draft(version=version, changes={"label": "x"}, at=NOW)
    refused = client.post(page_of(version, "activate"), {"seen_version": "1"}, follow=True)
    assert "Somebody edited this draft" in refused.content.decode()
    assert in_force() != version


@pytest.mark.parametrize("role", ["ann", "bob"])
def test_who_may_only_look_sees_it_and_changes_nothing(
    log_in: LogIn, fallen: Customer, request: pytest.FixtureRequest, role: str
) -> None:
    client, version = log_in(request.getfixturevalue(role)), draft(british())
    page = client.get(page_of(version))
    assert page.status_code == 200
    assert "Activate …" not in page.content.decode()
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(page_of(version), typed(version, label="x")).status_code == 403
    assert client.post(page_of(version, "do", "preview")).status_code == 403
    assert client.get(page_of(version, "activate")).status_code == 403
    assert client.post(page_of(version, "override_move", version.overrides[0]["segment"], "remove")).status_code == 403
    assert in_force().number == 1


def test_addresses_that_are_not_there(client: Client) -> None:
    version = draft()
    assert client.post(page_of(version, "do", "dance")).status_code == 404
    assert client.get(page_of(version, "do", "preview")).status_code == 405
    ScoreModelVersion.objects.filter(pk=version.pk).delete()
    assert client.get(page_of(version, "activate")).status_code == 404


def test_the_page_costs_the_same_however_many_overrides(client: Client) -> None:
    rows = [segment(f"S{n}", "country", "is", "GB") for n in range(8)]
    counts = []
    for version in (draft(rows[0]), draft(*rows)):
        start_preview(version=version, at=NOW)
        client.get(page_of(version))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(version))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= BUDGET


def test_a_chart_marks_where_another_version_begins(client: Client, fallen: Customer, north: Team) -> None:
    def card() -> Any:
        return client.get(reverse("admin:customers_customer_page", args=[fallen.pk])).context["score"]

    assert card().marks == []
    assert len(card().chart["datasets"]) == 2
    version = draft(british(), parameters={"quality": {"baseline": 0.3}}, label="Milder")
    activate_version(version=version, at=timezone.now())
    list(work_chunks(clock=timezone.now))
    after = card()
    (mark,) = after.marks
    assert (mark.version, mark.month) == (version, f"{timezone.now():%Y-%m}")
    marked = after.chart["datasets"][2]["data"]
    assert [value for value in marked if value is not None] == [after.chart["datasets"][0]["data"][-1]]
    assert after.override == "British"
    text = client.get(reverse("admin:customers_customer_page", args=[fallen.pk])).content.decode()
    assert "version 2 of the model Milder" in text
    why = client.get(reverse("admin:customers_customer_why", args=[fallen.pk])).content.decode()
    assert "With its parameters for “British”" in why
    assert "made by version 1 of the model, now by version 2" in why


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_saved_as_in_real_life_where_no_transaction_is_open_before() -> None:
    Customer.objects.create(name="A", team=Team.objects.get(), created_at=NOW)
    boss = User.objects.create_superuser("boss")
    version = draft()
    client = Client()
    client.force_login(boss)
    assert client.post(page_of(version), typed(version, label="Saved")).status_code == 302
    sent = {"segment": british().pk, "price__exponent": "-2", "seen_version": "2"}
    assert client.post(page_of(version, "override_add"), sent).status_code == 302
    for verb in ("measure", "preview"):
        assert client.post(page_of(version, "do", verb), {"seen_version": "3"}).status_code == 302
    assert client.post(page_of(version, "activate"), {"seen_version": "3"}).status_code == 302
    version.refresh_from_db()
    assert (version.label, version.state, len(version.overrides)) == ("Saved", VersionState.ACTIVE, 1)
    assert VersionPreview.objects.get().result is not None
