"""Other parameters for the customers of a segment, on the pages of a draft."""

from django.contrib.auth.models import Permission
from django.test import Client

from analytics.operations.revise_draft import revise_draft
from analytics.scoring.parameters import FACTOR_NAMES
from analytics.tests.admin.conftest import LogIn
from analytics.tests.admin.test_versions import client as client
from analytics.tests.admin.test_versions import page_of
from analytics.tests.histories import rating
from analytics.tests.versions import british, draft, organisations, segment
from customers.models import Customer, Segment, User
from customers.operations.observe import observe
from tests.cast import NOW


def test_an_override_is_added_edited_moved_and_removed(client: Client) -> None:
    version, first, second = draft(), british(), organisations()
    add = page_of(version, "override_add")
    for row in (first, second):
        version.refresh_from_db()
        sent = {"segment": row.pk, "price__exponent": "-2", "seen_version": version.version}
        assert client.post(add, sent).headers["Location"] == f"{page_of(version)}#overrides"
    version.refresh_from_db()
    assert [row["name"] for row in version.overrides] == ["British", "Organisations"]
    assert version.overrides[0]["parameters"] == {"price": {"exponent": -2.0}}
    assert "instead of -1" in client.get(page_of(version)).content.decode()

    edit = page_of(version, "override", first.pk)
    assert client.get(edit).context["form"]["price__exponent"].initial == -2
    client.post(edit, {"quality__prior_weight": "7", "seen_version": version.version})
    version.refresh_from_db()
    assert version.overrides[0]["parameters"] == {"quality": {"prior_weight": 7.0}}
    for verb, names in (
        ("down", ["Organisations", "British"]),
        ("up", ["British", "Organisations"]),
        ("remove", ["Organisations"]),
    ):
        client.post(page_of(version, "override_move", first.pk, verb), {"seen_version": version.version})
        version.refresh_from_db()
        assert [row["name"] for row in version.overrides] == names
    assert client.get(edit).status_code == 404
    assert client.post(page_of(version, "override_move", first.pk, "up")).status_code == 404


def test_an_override_with_baselines_of_its_own_is_measured(client: Client, acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=1000 + n) for n in range(60)], at=NOW)
    version, row = draft(), british()
    sent = {"segment": row.pk, "seen_version": version.version, "_measure": "1"}
    client.post(page_of(version, "override_add"), sent)
    version.refresh_from_db()
    own = version.overrides[0]["parameters"]
    assert set(own) == set(FACTOR_NAMES)
    assert own["quality"]["baseline"] < 0.4


def test_a_segment_that_asks_for_scores_is_refused_with_the_reason(client: Client) -> None:
    version, circle = draft(), segment("Unhappy", "score", "at_most", 40)
    response = client.post(page_of(version, "override_add"), {"segment": circle.pk, "price__exponent": "-2"})
    assert response.context["form"].errors["segment"] == [
        "“Unhappy” asks for satisfaction scores, and a score may not depend on itself."
    ]
    version.refresh_from_db()
    assert version.overrides == []


def test_a_stale_override_and_a_hidden_segment_are_refused(client: Client, bob: User, log_in: LogIn) -> None:
    version, row = draft(), british()
    revise_draft(version=version, changes={"label": "x"}, at=NOW)
    response = client.post(page_of(version, "override_add"), {"segment": row.pk, "seen_version": "1"})
    assert "Somebody edited this draft" in response.context["form"].non_field_errors()[0]
    hidden = Segment.objects.create(name="Mine", owner=bob, is_shared=False, definition=row.definition)
    lena = User.objects.create_user("lena", is_staff=True)
    lena.user_permissions.set(Permission.objects.filter(codename__contains="scoremodelversion"))
    response = log_in(lena).post(page_of(version, "override_add"), {"segment": hidden.pk, "seen_version": "2"})
    assert "segment" in response.context["form"].errors


def test_a_segment_that_changed_or_went_is_said(client: Client) -> None:
    row = british()
    version = draft(row)
    assert client.get(page_of(version)).context["overrides"][0].trouble == ""
    Segment.objects.filter(pk=row.pk).update(definition=organisations().definition)
    assert "was changed since" in client.get(page_of(version)).context["overrides"][0].trouble
    Segment.objects.filter(pk=row.pk).delete()
    assert "was deleted since" in client.get(page_of(version)).context["overrides"][0].trouble
