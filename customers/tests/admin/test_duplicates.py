"""The queue of possible duplicates, and the page on which one is decided."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import AuditEntry, Customer, DuplicatePair, Merge, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.start_person_export import start_person_export
from customers.operations.update_customer import update_customer
from customers.tests.admin.conftest import LogIn
from customers.tests.operations.merging import pair_of, twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

QUEUE = "admin:customers_duplicatepair_changelist"


@pytest.fixture
def pair(north: Team) -> DuplicatePair:
    """Acme, twice: they differ in name and industry, and agree on the country."""
    return pair_of(*twins(north, kept={"country": "GB"}, gone={"country": "GB", "industry": "Pumps"}))


def page_of(pair: DuplicatePair) -> str:
    return reverse("admin:customers_duplicatepair_change", args=[pair.pk])


def decide(client: Client, pair: DuplicatePair, what: str, **data: Any) -> Any:
    return client.post(reverse("admin:customers_duplicatepair_decide", args=[pair.pk, what]), data)


def form(pair: DuplicatePair, **more: Any) -> dict[str, Any]:
    """What the page sends when nothing was touched but the kept one."""
    versions = {f"version:{c.pk}": c.version for c in (pair.first, pair.second)}
    return {"kept": pair.first_id, **versions, **more}


def names(client: Client, question: str = "") -> list[int]:
    return [row.pk for row in client.get(reverse(QUEUE) + question).context["cl"].result_list]


def test_the_queue_shows_who_waits_likeliest_first(log_in: LogIn, bob: User, north: Team) -> None:
    a, b = twins(north)
    c, d = twins(north)
    pairs = [pair_of(a, b, score=0.6), pair_of(c, d, score=0.9), pair_of(a, c, score=0.8, state="dismissed")]
    likely, likeliest, dismissed = (row.pk for row in pairs)
    client = log_in(bob)
    assert names(client) == [likeliest, likely]
    assert names(client, "?state=dismissed") == [dismissed]
    assert names(client, "?state=all&o=1") != []
    text = client.get(reverse(QUEUE)).content.decode()
    assert "same e-mail address" in text
    assert "name 92% alike" in text


def test_the_navigation_says_how_many_wait(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    def badge(client: Client) -> Any:
        groups = client.get(reverse(QUEUE)).context["sidebar_navigation"]
        entries = [item for group in groups for item in group["items"]]
        return next(item for item in entries if item["link"] == reverse(QUEUE))["badge"]

    client = log_in(bob)
    assert badge(client) == "1"
    decide(client, pair, "dismiss")
    assert badge(client) == ""


def test_an_empty_queue_says_what_to_do(log_in: LogIn, bob: User) -> None:
    text = log_in(bob).get(reverse(QUEUE)).content.decode()
    assert "Nobody looks like somebody else" in text


def test_the_queue_asks_as_much_however_long_it_is(log_in: LogIn, bob: User, north: Team) -> None:
    client = log_in(bob)
    one, _ = twins(north)
    asked = []
    for count in (2, 40):
        for n in range(count):
            pair_of(one, Customer.objects.create(name=f"C{count} {n}", team=north, kind="organisation"))
        client.get(reverse(QUEUE))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(QUEUE))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_page_puts_what_differs_first_and_lets_it_be_picked(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    lines = log_in(bob).get(page_of(pair)).context["lines"]
    assert [(line.label, line.name) for line in lines] == [
        ("Name", "name"),
        ("Industry", "industry"),
        ("Country", ""),
        ("Team", ""),
    ]
    picked = {line.name: [value.shown for value in line.values if value.is_picked] for line in lines if line.name}
    assert picked == {"name": ["Acme Pumps"], "industry": ["Pumps"]}


def test_it_suggests_the_one_with_more_history_and_says_why(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    client = log_in(bob)
    assert client.get(page_of(pair)).context["advised"] == pair.first
    log_interaction(customer=pair.second, kind="call", direction="inbound", subject="x", author=bob, at=NOW)
    page = client.get(page_of(pair))
    assert (page.context["advised"], page.context["kept_key"]) == (pair.second, pair.second_id)
    assert "Has more history: 1 against 0." in page.content.decode()


def test_what_both_have_is_told_apart_from_what_one_has(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    for customer in (pair.first, pair.second):
        add_contact_point(customer=customer, kind="email", value="info@example.com", at=NOW)
    add_contact_point(customer=pair.second, kind="email", value="<b>@example.com", at=NOW)
    tag = Tag.objects.create(name="VIP")
    pair.first.tags.add(tag)
    page = log_in(bob).get(page_of(pair))
    points, tags = page.context["parts"]
    assert [sorted(shared for _item, shared in items) for items in points.items] == [[True], [False, True]]
    assert [len(items) for items in tags.items] == [1, 0]
    assert "<b>@example" not in page.content.decode()


def test_it_merges_field_by_field_and_goes_on_to_the_next(
    log_in: LogIn, bob: User, pair: DuplicatePair, north: Team
) -> None:
    following = pair_of(*twins(north), score=0.7)
    pair_of(*twins(north), score=0.9)
    picks = {"pick:name": pair.second_id, "pick:industry": pair.first_id}
    answer = decide(log_in(bob), pair, "merge", **form(pair, **picks))
    assert (answer.status_code, answer.url) == (302, page_of(following))
    merge = Merge.objects.get()
    kept = Customer.objects.get(pk=pair.first_id)
    assert (merge.kept, merge.gone_id, merge.by) == (kept, pair.second_id, bob)
    assert (kept.name, kept.industry) == ("ACME Pumps Ltd.", "")
    assert AuditEntry.objects.filter(model="customers.merge", customer_id=kept.pk, actor=bob).exists()


def test_the_other_one_can_be_kept(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    decide(log_in(bob), pair, "merge", **form(pair, kept=pair.second_id, **{"pick:name": pair.first_id}))
    assert Customer.objects.living().get().pk == pair.second_id
    assert Customer.objects.living().get().name == "Acme Pumps"


def test_after_the_last_pair_it_goes_back_to_the_queue(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    assert decide(log_in(bob), pair, "dismiss").url == reverse(QUEUE)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("dismissed", bob)


def test_a_dismissed_pair_can_be_reviewed_again(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    client = log_in(bob)
    decide(client, pair, "dismiss")
    text = client.get(page_of(pair)).content.decode()
    assert "Review it again" in text
    assert 'name="kept"' not in text
    answer = decide(client, pair, "merge", **form(pair))
    assert not Merge.objects.exists()
    assert answer.status_code == 302
    assert decide(client, pair, "reopen").url == page_of(pair)
    assert 'name="kept"' in client.get(page_of(pair)).content.decode()


def test_skipping_leads_through_the_queue_and_round(log_in: LogIn, bob: User, north: Team) -> None:
    pairs = [pair_of(*twins(north), score=score) for score in (0.9, 0.8, 0.8)]
    client = log_in(bob)
    following = [client.get(page_of(pair)).context["next_pair"] for pair in pairs]
    assert following == [pairs[1], pairs[2], pairs[0]]


def test_skipping_passes_over_whoever_is_out_of_sight(log_in: LogIn, bob: User, north: Team, south: Team) -> None:
    mine, likelier = pair_of(*twins(north), score=0.7), pair_of(*twins(north), score=0.9)
    Customer.objects.filter(pk=likelier.second_id).update(team=south)
    client = log_in(bob)
    assert client.get(page_of(mine)).context["next_pair"] is None
    assert decide(client, mine, "dismiss").url == reverse(QUEUE)


def test_exports_of_colleagues_are_not_counted(log_in: LogIn, bob: User, root: User, north: Team) -> None:
    one, other = twins(north, kind="person")
    start_person_export(customer=one, by=root, at=NOW)
    page = page_of(pair_of(one, other))
    counted = {line.label for line in log_in(bob).get(page).context["history"]}
    assert "Exports" not in counted
    assert "Exports" in {line.label for line in log_in(root).get(page).context["history"]}


def test_a_stale_page_is_refused_says_what_changed_and_keeps_the_choice(
    log_in: LogIn, bob: User, ann: User, pair: DuplicatePair
) -> None:
    client = log_in(bob)
    seen = client.get(page_of(pair)).context["digests"]
    given = form(pair, seen=seen, kept=pair.second_id, **{"pick:name": pair.second_id})
    update_customer(customer=pair.first, changes={"industry": "Hydraulics"}, at=NOW)
    add_contact_point(customer=pair.first, kind="email", value="new@example.com", at=NOW)
    answer = decide(client, pair, "merge", **given)
    assert answer.status_code == 409
    assert not Merge.objects.exists()
    assert answer.context["changed"] == ["Industry", "Contact points"]
    assert answer.context["kept_key"] == pair.second_id
    (name,) = (line for line in answer.context["lines"] if line.name == "name")
    assert [value.is_picked for value in name.values] == [False, True]
    fresh = form(DuplicatePair.objects.get(pk=pair.pk), seen=answer.context["digests"])
    assert decide(client, pair, "merge", **fresh).status_code == 302


def test_without_a_word_on_whom_to_keep_it_asks(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    answer = decide(log_in(bob), pair, "merge", **form(pair, kept="nobody"))
    assert answer.status_code == 422
    assert "Choose which of the two is kept." in answer.content.decode()


def test_a_merged_pair_leads_to_the_merge(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    merge = merge_customers(kept=pair.first, gone=pair.second, by=bob, at=NOW, pair=pair)
    client = log_in(bob)
    assert client.get(page_of(pair))["Location"] == reverse("admin:customers_merge_change", args=[merge.pk])
    assert decide(client, pair, "dismiss").status_code == 302
    pair.refresh_from_db()
    assert pair.state == "merged"


def test_agents_may_look_and_not_decide(log_in: LogIn, ann: User, pair: DuplicatePair) -> None:
    client = log_in(ann)
    text = client.get(page_of(pair)).content.decode()
    assert "You may look, but not merge" in text
    assert 'name="kept"' not in text
    for what in ("merge", "dismiss", "reopen"):
        assert decide(client, pair, what, **form(pair)).status_code == 403
    assert DuplicatePair.objects.get().state == "open"


def test_both_must_be_visible(log_in: LogIn, bob: User, otto: User, south: Team, pair: DuplicatePair) -> None:
    Customer.objects.filter(pk=pair.second_id).update(team=south)
    for user in (bob, otto):
        client = log_in(user)
        assert names(client) == []
        assert client.get(page_of(pair)).status_code == 404
        assert decide(client, pair, "dismiss").status_code == 404
        assert decide(client, pair, "merge", **form(pair)).status_code == 404


def test_only_a_post_decides(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    assert log_in(bob).get(reverse("admin:customers_duplicatepair_decide", args=[pair.pk, "merge"])).status_code == 405
    assert decide(log_in(bob), pair, "shout").status_code == 302
    assert DuplicatePair.objects.get().state == "open"


def test_the_page_keeps_to_its_budget(log_in: LogIn, bob: User, pair: DuplicatePair) -> None:
    for n in range(20):
        add_contact_point(customer=pair.first, kind="email", value=f"a{n}@example.com", at=NOW)
        log_interaction(customer=pair.second, kind="call", direction="inbound", subject="x", author=bob, at=NOW)
    client = log_in(bob)
    client.get(page_of(pair))
    with CaptureQueriesContext(connection) as queries:
        client.get(page_of(pair))
    assert len(queries) <= 31, "\n".join(q["sql"] for q in queries)
