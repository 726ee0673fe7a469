"""Dashboards in the admin: made, filled, arranged, shared, copied, handed out."""

import json
import re
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from analytics.models import Dashboard, Tile
from analytics.tests.admin.conftest import LogIn
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_schedule, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import AuditEntry, Team, User
from services.models import Queue

pytestmark = pytest.mark.django_db
PAGE = "admin:analytics_dashboard"


@pytest.fixture
def board(lea: User, north: Team) -> Dashboard:
    return a_board(lea, is_shared=True, team=north)


def do(client: Client, board: Dashboard, what: str, **more: str) -> str:
    response = client.post(reverse(f"{PAGE}_arrange", args=[board.pk]), {"do": what, **more})
    assert response.status_code == 302, response.content
    return str(response.headers["Location"])


def order(board: Dashboard) -> list[int]:
    return list(board.tiles.order_by("place").values_list("pk", flat=True))


def test_a_dashboard_is_made_and_gets_its_first_tile(log_in: LogIn, lea: User) -> None:
    client = log_in(lea)
    made = client.post(reverse(f"{PAGE}_add"), {"name": "Monday"}, follow=True)
    board = Dashboard.objects.get()
    assert made.redirect_chain[-1][0] == reverse(f"{PAGE}_board", args=[board.pk])
    assert "This dashboard has no tiles yet." in made.content.decode()
    posted = {"dashboard": board.pk, "source": "orders", "days": 90, "shape": "bar", "title": "", "width": 3}
    added = client.post(reverse("admin:analytics_tile_add"), posted, follow=True)
    tile = Tile.objects.get()
    assert added.redirect_chain[-1][0] == f"{reverse(f'{PAGE}_board', args=[board.pk])}#tile-{tile.pk}"
    assert (tile.source, tile.shape, tile.days, tile.width) == ("orders", "bar", 90, 3)


def test_a_shape_that_does_not_fit_is_refused_beside_its_field(log_in: LogIn, lea: User, board: Dashboard) -> None:
    posted = {"dashboard": board.pk, "source": "movers", "days": 30, "shape": "line", "width": 2}
    page = log_in(lea).post(reverse("admin:analytics_tile_add"), posted)
    assert page.status_code == 200 and "cannot be drawn as" in unescape(page.content.decode())
    page = log_in(lea).post(reverse("admin:analytics_tile_add"), {**posted, "source": "report", "shape": "line"})
    assert "Choose a behaviour report." in unescape(page.content.decode())
    assert not Tile.objects.exists()


def test_a_tile_is_changed_and_removed(log_in: LogIn, lea: User, board: Dashboard) -> None:
    client, tile = log_in(lea), a_tile(board, lea, "orders", "bar")
    link = reverse("admin:analytics_tile_change", args=[tile.pk])
    posted = {"source": "tickets", "days": 7, "shape": "line", "width": 2, "title": "Flow", "seen_version": 1}
    assert client.post(link, posted).status_code == 302
    tile.refresh_from_db()
    assert (tile.source, tile.days, tile.shape, tile.title, tile.version) == ("tickets", 7, "line", "Flow", 2)
    stale = client.post(link, {**posted, "title": "Other"})
    assert stale.status_code == 200 and "Somebody saved this page" in stale.content.decode()
    gone = client.post(reverse("admin:analytics_tile_delete", args=[tile.pk]), {"post": "yes"})
    assert gone.headers["Location"] == reverse(f"{PAGE}_board", args=[board.pk])
    assert not Tile.objects.exists()


@pytest.mark.usefixtures("events")
def test_a_tile_shows_a_chart_its_table_and_where_numbers_lead(log_in: LogIn, lea: User, board: Dashboard) -> None:
    report = saved(lea)
    tile = a_tile(board, lea, "report", "funnel", report=report)
    client = log_in(lea)
    page = client.get(reverse(f"{PAGE}_board", args=[board.pk])).content.decode()
    address = reverse(f"{PAGE}_tile", args=[board.pk, tile.pk])
    assert f'hx-get="{address}"' in page
    html = client.get(address).content.decode()
    assert (
        "<canvas" in html
        and "<table" in html
        and reverse("admin:analytics_savedreport_report", args=[report.pk]) in html
    )
    (links,) = re.findall(r'data-links="([^"]*)"', html)
    bars = json.loads(unescape(links))[0]
    assert len(bars) == 3
    assert client.get(bars[2]).context["count"] == 1


def test_tiles_are_moved_by_buttons_and_the_focus_goes_along(log_in: LogIn, lea: User, board: Dashboard) -> None:
    client = log_in(lea)
    one, two, three = (a_tile(board, lea) for _ in range(3))
    assert do(client, board, f"later:{one.pk}").endswith(f"#later-{one.pk}")
    assert order(board) == [two.pk, one.pk, three.pk]
    do(client, board, f"earlier:{three.pk}")
    do(client, board, f"earlier:{two.pk}")  # it is the first already
    assert order(board) == [two.pk, three.pk, one.pk]
    for _ in range(4):
        do(client, board, f"wider:{one.pk}")
    one.refresh_from_db()
    assert one.width == 4
    do(client, board, f"narrower:{one.pk}")
    one.refresh_from_db()
    assert one.width == 3


def test_tiles_are_dragged_into_an_order(log_in: LogIn, lea: User, board: Dashboard) -> None:
    client = log_in(lea)
    keys = [a_tile(board, lea).pk for _ in range(3)]
    do(client, board, "order", order=",".join(map(str, keys[::-1])))
    assert order(board) == keys[::-1]
    do(client, board, "order", order=f"{keys[0]},{keys[1]}")  # a tile came meanwhile
    assert order(board) == keys[::-1]


@pytest.mark.parametrize(
    "what", ["", "x", "later:", "later:0", "later:99999999999999999999", "burn:1", "order", "later:a"]
)
def test_nonsense_is_no_move(log_in: LogIn, lea: User, board: Dashboard, what: str) -> None:
    a_tile(board, lea)
    response = log_in(lea).post(reverse(f"{PAGE}_arrange", args=[board.pk]), {"do": what})
    assert response.status_code == 404


def test_who_only_looks_arranges_nothing(log_in: LogIn, lea: User, ann: User, board: Dashboard) -> None:
    tile = a_tile(board, lea)
    client = log_in(ann)
    page = client.get(reverse(f"{PAGE}_board", args=[board.pk])).content.decode()
    assert "board-tools" not in page and "Add a tile" not in page and 'value="pdf"' not in page
    for name, given in (("arrange", {"do": f"later:{tile.pk}"}), ("copy", {}), ("file", {"format": "pdf"})):
        assert client.post(reverse(f"{PAGE}_{name}", args=[board.pk]), given).status_code == 403, name


def test_an_outsider_gets_404(log_in: LogIn, lea: User, otto: User, board: Dashboard) -> None:
    tile = a_tile(board, lea)
    client = log_in(otto)
    assert client.get(reverse(f"{PAGE}_board", args=[board.pk])).status_code == 404
    assert client.get(reverse(f"{PAGE}_tile", args=[board.pk, tile.pk])).status_code == 404
    assert client.post(reverse(f"{PAGE}_copy", args=[board.pk])).status_code == 404
    assert client.get(reverse("admin:analytics_tile_change", args=[tile.pk])).status_code == 404


def test_a_tile_is_asked_for_on_its_own_dashboard(log_in: LogIn, lea: User, board: Dashboard) -> None:
    other = a_tile(a_board(lea, "Other"), lea)
    assert log_in(lea).get(reverse(f"{PAGE}_tile", args=[board.pk, other.pk])).status_code == 404


@pytest.mark.usefixtures("events")
def test_a_report_out_of_sight_is_not_named_to_others(
    log_in: LogIn, lea: User, max_: User, ann: User, board: Dashboard
) -> None:
    tile = a_tile(board, lea, "report", "funnel", report=saved(lea, name="Secret plan"))
    for user in (max_, ann):
        client = log_in(user)
        seen = client.get(reverse(f"{PAGE}_tile", args=[board.pk, tile.pk])).content.decode()
        assert "is gone, or you may not see it" in seen and "Secret plan" not in seen
        form = client.get(reverse("admin:analytics_tile_change", args=[tile.pk])).content.decode()
        assert "Secret plan" not in form
        assert "Secret plan" not in client.get(reverse("admin:analytics_tile_changelist")).content.decode()


def test_only_its_owner_shares_it(log_in: LogIn, max_: User, board: Dashboard) -> None:
    posted = {"name": "Mine now", "is_shared": "on", "team": "", "seen_version": board.version}
    page = log_in(max_).post(reverse(f"{PAGE}_change", args=[board.pk]), posted)
    assert page.status_code == 200 and "Only the owner" in page.content.decode()


def test_it_is_copied(log_in: LogIn, lea: User, max_: User, board: Dashboard) -> None:
    a_tile(board, lea)
    page = log_in(max_).post(reverse(f"{PAGE}_copy", args=[board.pk]), follow=True)
    assert "This is your own copy." in page.content.decode()
    assert Dashboard.objects.get(owner=max_).tiles.count() == 1


def test_it_is_handed_out_as_pdf_and_xlsx(log_in: LogIn, lea: User, board: Dashboard) -> None:
    a_tile(board, lea)
    client, address = log_in(lea), reverse(f"{PAGE}_file", args=[board.pk])
    pdf = client.post(address, {"format": "pdf"})
    assert pdf.headers["Content-Type"] == "application/pdf" and "attachment" in pdf.headers["Content-Disposition"]
    assert "Open tickets" in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert client.post(address, {"format": "xlsx"}).content[:2] == b"PK"
    assert AuditEntry.objects.filter(kind="exported", model="analytics.dashboard", actor=lea).count() == 2
    assert client.post(address, {"format": "exe"}).status_code == 404
    assert client.get(address).status_code == 405


def test_mails_of_others_are_not_counted(log_in: LogIn, lea: User, max_: User, board: Dashboard, queue: Queue) -> None:
    a_schedule(lea, lea, of=board)
    page = reverse(f"{PAGE}_board", args=[board.pk])
    assert log_in(lea).get(page).context["mails"] == 1
    assert log_in(max_).get(page).context["mails"] == 0


def test_the_list_says_what_to_do_where_there_is_none(log_in: LogIn, lea: User) -> None:
    page = log_in(lea).get(reverse(f"{PAGE}_changelist")).content.decode()
    assert "A dashboard shows figures side by side" in page


def test_a_report_is_put_on_a_dashboard_from_its_page(log_in: LogIn, lea: User, board: Dashboard) -> None:
    report = saved(lea)
    client = log_in(lea)
    page = client.get(reverse("admin:analytics_savedreport_report", args=[report.pk])).content.decode()
    link = f"{reverse('admin:analytics_tile_add')}?source=report&report={report.pk}"
    assert link.replace("&", "&amp;") in page
    form = client.get(link).context["adminform"].form
    assert form.initial["report"] == str(report.pk) and form.initial["source"] == "report"
    assert f"{reverse('admin:analytics_scheduledreport_add')}?report={report.pk}" in page
