"""The review queue in a real browser: two are compared, merged field by field, told apart, and one merge is undone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Customer, DuplicatePair, Merge, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.log_interaction import log_interaction
from customers.tests.operations.merging import pair_of, twins
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.browser.conftest import Visit, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]
QUEUE = "admin:customers_duplicatepair_changelist"


@pytest.fixture
def pairs(north: Team, queue: Queue, bob: User) -> list[DuplicatePair]:
    """Acme twice, with a history of its own each; and two persons who only sound alike."""
    kept, gone = twins(
        north,
        kept={"country": "GB", "language": "en", "attributes": {"employees": "10-49"}},
        gone={"country": "GB", "industry": "Pumps", "owner": bob, "attributes": {"employees": "50-249"}},
    )
    for customer, mails in ((kept, ["info@acme.example"]), (gone, ["INFO@acme.example", "sales@acme.example"])):
        for mail in mails:
            add_contact_point(customer=customer, kind="email", value=mail, at=NOW)
        log_interaction(customer=customer, kind="call", direction="inbound", subject="Hello", author=bob, at=NOW)
    kept.tags.add(Tag.objects.create(name="VIP", colour="good"))
    open_ticket(customer=kept, subject="It leaks", queue=queue, by=bob, at=NOW, body="Help")
    ann, anne = twins(north, kind="person", kept={"name": "Ann Lee"}, gone={"name": "Anne Lea"})
    return [pair_of(kept, gone, score=0.93), pair_of(ann, anne, score=0.62)]


def test_the_queue_is_walked_merged_told_apart_and_undone(
    log_in: LogIn, visit: Visit, look: str, bob: User, pairs: list[DuplicatePair]
) -> None:
    log_in(bob)
    page = visit(reverse(QUEUE))
    expect(page.get_by_text("same e-mail address").first).to_be_visible()
    page.get_by_role("link", name="Acme Pumps").click()

    expect(page.get_by_role("heading", name="Are these two the same?")).to_be_visible()
    expect(page.get_by_text("Has more history: 2 against 1.")).to_be_visible()
    take(page, "duplicates-compare", look)
    page.get_by_role("radio", name="ACME Pumps Ltd.").check()
    page.get_by_role("radio", name="50-249").check()
    page.get_by_role("button", name="Merge").click()

    expect(page.get_by_text("was merged into").first).to_be_visible()
    expect(page.get_by_role("link", name="Anne Lea")).to_be_visible()  # the next pair
    page.get_by_role("button", name="Not the same").click()
    expect(page.get_by_text("Nobody looks like somebody else")).to_be_visible()
    take(page, "duplicates-empty", look)

    kept = Customer.objects.get(pk=pairs[0].first_id)
    assert (kept.name, kept.industry, kept.owner) == ("ACME Pumps Ltd.", "Pumps", bob)
    assert kept.attributes == {"employees": "50-249"}
    assert (kept.contact_points.count(), kept.interactions.count()) == (2, 2)

    page = visit(reverse("admin:customers_customer_page", args=[pairs[0].second_id]))
    expect(page.get_by_text("was merged into this customer")).to_be_visible()
    page.get_by_role("link", name="what moved, undo").click()
    expect(page.get_by_role("heading", name="What moved")).to_be_visible()
    take(page, "merge", look)
    page.get_by_role("link", name="Undo …").click()
    page.get_by_role("button", name="Yes, undo it").click()
    expect(page.get_by_text("are two customers again")).to_be_visible()
    take(page, "merge-undone", look)

    living = Customer.objects.living().filter(kind="organisation").order_by("pk")
    assert list(living.values_list("name", flat=True)) == ["Acme Pumps", "ACME Pumps Ltd."]
    assert DuplicatePair.objects.get(pk=pairs[0].pk).state == "open"
    assert Merge.objects.get().undone_by == bob


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_it_is_done_by_the_keyboard_alone(log_in: LogIn, visit: Visit, bob: User, pairs: list[DuplicatePair]) -> None:
    log_in(bob)
    page = visit(reverse("admin:customers_duplicatepair_change", args=[pairs[0].pk]))
    industry = page.locator("input[name='pick:industry']:checked")
    page.keyboard.press("2")
    assert picked(page, "name") == str(pairs[0].second_id)  # the values follow whoever is kept
    assert picked(page, "language") == str(pairs[0].first_id)  # but for those that it has not
    page.keyboard.press("1")
    assert picked(page, "name") == str(pairs[0].first_id)
    assert industry.get_attribute("value") == str(pairs[0].second_id)
    page.keyboard.press("]")
    assert picked(page, "name") == picked(page, "language") == str(pairs[0].second_id)
    page.keyboard.press("s")
    expect(page.get_by_role("link", name="Anne Lea")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("link", name="ACME Pumps Ltd.")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("was merged into").first).to_be_visible()
    states = DuplicatePair.objects.order_by("-score").values_list("state", flat=True)
    assert list(states) == ["merged", "dismissed"]


def picked(page: Page, name: str) -> str | None:
    return page.locator(f"input[name='pick:{name}']:checked").get_attribute("value")


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_it_works_without_its_script(
    log_in: LogIn, visit: Visit, page: Page, bob: User, pairs: list[DuplicatePair]
) -> None:
    """What is ticked is what is sent: the script only saves clicks."""
    page.route("**/compare.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    log_in(bob)
    visit(reverse("admin:customers_duplicatepair_change", args=[pairs[0].pk]))
    page.locator(f"input[name=kept][value='{pairs[0].second_id}']").check()
    assert picked(page, "name") == str(pairs[0].first_id)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("was merged into").first).to_be_visible()
    assert Customer.objects.living().get(pk=pairs[0].second_id).name == "Acme Pumps"
    page.get_by_role("button", name="Not the same").click()
    expect(page.get_by_text("Nobody looks like somebody else")).to_be_visible()
    assert DuplicatePair.objects.get(pk=pairs[1].pk).state == "dismissed"
