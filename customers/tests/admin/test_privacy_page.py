"""The page about the privacy of one customer."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from customers.models import Consent, Customer, Erasure, Export, PrivacyFlag, Team, User
from customers.operations.forget_exports import exports_folder
from customers.operations.record_consent import record_consent
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def url(customer: Customer, verb: str = "") -> str:
    return reverse(f"admin:customers_customer_privacy{verb and '_'}{verb}", args=[customer.pk])


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_an_agent_puts_a_restriction_on_and_every_page_says_so(log_in: LogIn, ann: User, wang: Customer) -> None:
    client = log_in(ann)
    assert client.get(url(wang)).status_code == 200
    given = {"kind": "restriction", "is_set": "yes", "reason": "Disputes the address"}
    answer = client.post(url(wang, "flag"), given, follow=True)
    assert told(answer) == ["On record: Restriction of processing."]
    assert PrivacyFlag.objects.get().by == ann
    for name in ("page", "change", "why", "preferences", "privacy", "history"):
        page = client.get(reverse(f"admin:customers_customer_{name}", args=[wang.pk])).content.decode()
        assert "processing restricted" in page, name
    assert "processing restricted" in client.get(reverse("admin:customers_customer_changelist")).content.decode()


def test_a_flag_without_a_reason_is_shown_again(log_in: LogIn, ann: User, wang: Customer) -> None:
    answer = log_in(ann).post(url(wang, "flag"), {"kind": "profiling", "is_set": "yes", "reason": ""})
    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()
    assert not PrivacyFlag.objects.exists()


def test_what_stands_already_is_said(log_in: LogIn, ann: User, wang: Customer) -> None:
    set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="x", by=ann, at=NOW)
    answer = log_in(ann).post(url(wang, "flag"), {"kind": "hold", "is_set": "yes", "reason": "x"}, follow=True)
    assert told(answer) == ["This stands already."]


def test_an_objection_to_marketing_goes_into_the_log_of_consents(log_in: LogIn, ann: User, wang: Customer) -> None:
    record_consent(customer=wang, purpose="marketing", is_given=True, at=NOW)
    client = log_in(ann)
    assert "They object to marketing" in client.get(url(wang)).content.decode()
    client.post(url(wang, "marketing"))
    newest = Consent.objects.order_by("-pk").first()
    assert newest is not None
    assert (newest.purpose, newest.channel, newest.is_given) == ("marketing", "any", False)
    assert "not allowed" in client.get(url(wang)).content.decode()


def test_the_pages_say_why_there_is_no_score(log_in: LogIn, ann: User, wang: Customer) -> None:
    set_privacy_flag(customer=wang, kind="profiling", is_set=True, reason="By phone", by=ann, at=NOW)
    client = log_in(ann)
    for name in ("page", "why", "preferences"):
        page = client.get(reverse(f"admin:customers_customer_{name}", args=[wang.pk])).content.decode()
        assert "They objected to profiling" in page, name


def test_everything_known_is_exported_and_fetched_by_whoever_asked(
    log_in: LogIn, bob: User, root: User, wang: Customer
) -> None:
    client = log_in(bob)
    answer = client.post(url(wang, "export"))
    export = Export.objects.get()
    assert answer["Location"] == reverse("admin:customers_export_change", args=[export.pk])
    assert "王芳" in client.get(answer["Location"]).content.decode()
    list(work_jobs(clock=lambda: NOW))
    link = reverse("admin:customers_export_download", args=[export.pk])
    answer = client.get(link)
    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert log_in(root).get(link).status_code == 404
    assert (exports_folder() / export.file).is_file()
    bob.groups.clear()
    assert log_in(User.objects.get(pk=bob.pk)).get(link).status_code == 403


def test_exports_of_a_colleague_are_not_shown(log_in: LogIn, bob: User, north: Team, wang: Customer) -> None:
    log_in(bob).post(url(wang, "export"))
    colleague = make_user("colleague", north, role="Back office")
    for user, count in ((bob, 1), (colleague, 0)):
        assert len(log_in(user).get(url(wang)).context["exports"]) == count


def test_of_an_organisation_nothing_is_exported(log_in: LogIn, bob: User, acme: Customer) -> None:
    answer = log_in(bob).post(url(acme, "export"), follow=True)
    assert "no person" in told(answer)[0]
    assert not Export.objects.exists()


def test_an_erasure_is_asked_for(log_in: LogIn, bob: User, wang: Customer) -> None:
    client = log_in(bob)
    answer = client.post(url(wang, "erasure"), {"reason": "By letter of today"})
    erasure = Erasure.objects.get()
    assert answer["Location"] == reverse("admin:customers_erasure_change", args=[erasure.pk])
    assert (erasure.asked_by, erasure.customer) == (bob, wang)
    again = client.post(url(wang, "erasure"), {"reason": "By letter"}, follow=True)
    assert "waits for its decision" in told(again)[0]
    assert client.post(url(wang, "erasure"), {"reason": ""}).status_code == 200


@pytest.mark.parametrize("verb", ["flag", "marketing", "export", "erasure"])
def test_verbs_are_posted_by_whoever_may_to_customers_in_sight(
    log_in: LogIn, otto: User, ann: User, bob: User, wang: Customer, verb: str
) -> None:
    assert log_in(otto).post(url(wang, verb), {"reason": "x"}).status_code == 404
    assert log_in(bob).get(url(wang, verb)).status_code == 403
    ann.groups.clear()
    assert log_in(User.objects.get(pk=ann.pk)).post(url(wang, verb)).status_code == 403


def test_agents_are_offered_neither_export_nor_erasure(log_in: LogIn, ann: User, wang: Customer) -> None:
    page = log_in(ann).get(url(wang)).content.decode()
    assert "Export everything" not in page
    assert "Ask for erasure" not in page
    for verb in ("export", "erasure"):
        assert log_in(ann).post(url(wang, verb), {"reason": "x"}).status_code == 403


def test_lists_are_exported_without_whoever_is_restricted(
    log_in: LogIn, bob: User, acme: Customer, wang: Customer
) -> None:
    set_privacy_flag(customer=wang, kind="restriction", is_set=True, reason="x", by=bob, at=NOW)
    answer = log_in(bob).post(reverse("admin:customers_customer_export"), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Acme Pumps" in text
    assert "王芳" not in text
