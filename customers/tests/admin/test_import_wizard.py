"""The wizard from the mapping to the import: what is asked is taken over, nothing is lost, nobody else's is touched."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers.models import CustomAttribute, Customer, ImportBatch, ImportMapping, ImportRow, Job, Team, User
from customers.operations.tick import tick
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.wizard import CSV, address, file, folders, page, post_map, uploaded, work
from tests.cast import make_user


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


@pytest.fixture
def batch(client: Client, north: Team) -> ImportBatch:
    """Bob's import after the first step."""
    return uploaded(client, north)


def columns(batch: ImportBatch, place: int = 0) -> dict[str, str]:
    batch.refresh_from_db()
    found: dict[str, str] = batch.tables[place]["columns"]
    return found


def state(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    return batch.state


def test_it_walks_from_mapping_to_import(client: Client, batch: ImportBatch, north: Team, var_dir: Path) -> None:
    text = page(client, batch)
    assert "Ana Lima" in text  # a sample
    assert "New attribute “shoe_size”" in text
    response = post_map(client, batch, **{"t0-c2": "attribute:size", "t0-c2-type": "text"}, action="check")
    assert response.headers["Location"] == address("change", batch)
    assert "Check of an import" in page(client, batch)
    work()
    assert not Customer.objects.exists()
    text = page(client, batch)
    assert "Nothing is imported yet" in text
    assert "name: is missing" in text
    client.post(address("start", batch))
    assert "Waits for a worker" in page(client, batch)
    work()
    assert state(batch) == "done"
    ana = Customer.objects.get(name="Ana Lima")
    assert (ana.team, ana.attributes) == (north, {"size": "42", "birth_date": "1999-05-01"})
    assert folders(var_dir) == []
    assert address("undo", batch) in page(client, batch)


def test_what_is_changed_on_the_page_is_kept_at_once(client: Client, batch: ImportBatch) -> None:
    response = post_map(client, batch, **{"t0-c1": "ignore", "t0-c2": "tags"}, action="keep")
    assert "No column holds the name" in response.content.decode()
    assert columns(batch) == {"id": "id", "Name": "ignore", "Shoe size": "tags", "Born": "attribute:birth_date=date"}
    assert "No column holds the name" in page(client, batch)


def test_a_mapping_with_problems_is_not_checked(client: Client, batch: ImportBatch) -> None:
    response = post_map(client, batch, **{"t0-c1": "ignore"}, action="check")
    assert response.status_code == 422
    assert "No column holds the name" in response.content.decode()
    assert state(batch) == "uploaded"
    assert not Job.objects.exists()


def test_nonsense_is_passed_over(client: Client, batch: ImportBatch) -> None:
    before = columns(batch)
    nonsense = {
        "t0-c1": "nonsense",
        "t0-c2": "#",
        "t0-c2-type": "x",
        "t0-kind": "nonsense",
        "format": "x",
        "saved": "x",
    }
    post_map(client, batch, **nonsense, date_order="year", action="keep")
    assert columns(batch) == before


def test_another_encoding_reads_the_file_anew_and_keeps_the_mapping(client: Client, north: Team) -> None:
    batch = uploaded(client, north, file("name;town\nJosé Muñoz;Logroño\nAna;Cádiz\n".encode("cp1252")))
    text = page(client, batch)
    assert "This is a guess" in text
    assert "José Muñoz" in text
    post_map(client, batch, **{"t0-c1": "industry"}, action="keep")
    response = post_map(client, batch, **{"t0-encoding": "cp1251"}, action="keep")
    assert "Jos\u0439" in response.content.decode()
    batch.refresh_from_db()
    assert (batch.tables[0]["encoding"], columns(batch)["town"]) == ("cp1251", "industry")
    assert "This is a guess" not in page(client, batch)


def test_another_sign_between_cells_reads_the_file_anew(client: Client, north: Team) -> None:
    batch = uploaded(client, north, file("a,b;c\n1,2;3\n"))
    post_map(client, batch, **{"t0-delimiter": ";"}, action="keep")
    assert sorted(columns(batch)) == ["a,b", "c"]


def test_another_format_and_kind_map_the_columns_anew(client: Client, batch: ImportBatch) -> None:
    post_map(client, batch, **{"t0-kind": ""}, action="keep")
    assert columns(batch) == {}
    text = page(client, batch)
    assert "No file is read" in text
    post_map(client, batch, **{"t0-kind": "list"}, action="keep")
    assert columns(batch)["Name"] == "name"
    post_map(client, batch, format="salesforce", action="keep")
    batch.refresh_from_db()
    assert batch.format == "salesforce"


def test_a_mapping_is_kept_under_a_name_and_put_on_the_next_file(
    client: Client, north: Team, batch: ImportBatch
) -> None:
    post_map(client, batch, **{"t0-c2": "industry"}, keep_as="Shop \x00list", action="save")
    kept = ImportMapping.objects.get()
    assert kept.tables == {"list": columns(batch)}
    following = uploaded(client, north)
    assert columns(following)["Shoe size"] == "industry"
    assert "Mapped as in “Shop list”" in page(client, following)
    post_map(client, following, **{"t0-c2": "tags"}, action="keep")
    post_map(client, following, saved=kept.pk, action="keep")
    assert columns(following)["Shoe size"] == "industry"
    post_map(client, following, **{"t0-c2": "tags"}, keep_as="Shop list", action="check")
    assert ImportMapping.objects.get().tables["list"]["Shoe size"] == "tags"


def test_how_dates_are_meant_is_asked_where_no_date_tells(client: Client, north: Team) -> None:
    batch = uploaded(client, north, file("name,created at\nAna,03/04/2024\nRui,05/06/2024\n"))
    assert "How are dates like 03/04/2024 meant?" in page(client, batch)
    assert post_map(client, batch, action="check").status_code == 422
    post_map(client, batch, date_order="day", action="check")
    work()
    client.post(address("start", batch))
    work()
    assert Customer.objects.get(name="Ana").created_at.month == 4


def test_where_another_date_tells_nothing_is_asked(client: Client, north: Team) -> None:
    batch = uploaded(client, north, file("name,created at\nAna,03/04/2024\nRui,25/06/2024\n"))
    assert "How are dates" not in page(client, batch)


def test_one_goes_back_to_the_mapping_after_the_check(client: Client, batch: ImportBatch) -> None:
    post_map(client, batch, action="check")
    work()
    client.post(address("back", batch))
    assert state(batch) == "uploaded"
    assert "Check the files" in page(client, batch)


def test_an_import_that_was_not_begun_is_discarded_with_its_files(
    client: Client, batch: ImportBatch, var_dir: Path
) -> None:
    client.post(address("discard", batch))
    assert not ImportBatch.objects.exists()
    assert folders(var_dir) == []


def test_one_that_was_begun_is_not_discarded(client: Client, batch: ImportBatch) -> None:
    client.post(address("start", batch))
    client.post(address("discard", batch))
    assert state(batch) == "running"
    assert (
        "at work already" in post_map(client, batch, action="keep").wsgi_request._messages._queued_messages[0].message
    )


@pytest.mark.parametrize("name", ["map", "start", "back", "discard"])
def test_steps_are_posts(client: Client, batch: ImportBatch, name: str) -> None:
    assert client.get(address(name, batch)).status_code == 405


def test_a_colleague_looks_on_but_takes_no_step(log_in: LogIn, batch: ImportBatch, north: Team) -> None:
    eve = log_in(make_user("eve", north, role="Back office"))
    assert "Check the files" not in page(eve, batch)
    for name in ("map", "start", "back", "discard"):
        assert eve.post(address(name, batch)).status_code == 403, name
    assert state(batch) == "uploaded"


def test_other_teams_learn_nothing_of_it(log_in: LogIn, batch: ImportBatch, otto: User) -> None:
    otto.groups.set([Group.objects.get(name="Back office")])
    client = log_in(otto)
    assert client.get(address("change", batch)).status_code == 404
    for name in ("map", "start", "back", "discard"):
        assert client.post(address(name, batch)).status_code == 404, name
    assert "people.csv" not in client.get(reverse("admin:customers_importbatch_changelist")).content.decode()


def test_customers_of_other_teams_are_neither_touched_nor_told(
    log_in: LogIn, client: Client, root: User, north: Team, south: Team
) -> None:
    theirs = uploaded(log_in(root), south, source="shop")
    log_in(root).post(address("start", theirs))
    work()
    batch = uploaded(client, north, file(CSV.replace("Ana Lima", "Mine now")), source="shop")
    post_map(client, batch, action="check")
    work()
    text = page(client, batch)
    assert "belongs to a team whose customers you may not see" in text
    assert "Ana Lima" not in text
    client.post(address("start", batch))
    work()
    assert Customer.objects.filter(name="Ana Lima", team=south).exists()
    assert not Customer.objects.filter(team=north).exists()
    assert "Ana Lima" not in "".join(ImportRow.objects.filter(batch=batch).values_list("detail", flat=True))


def test_a_check_that_fails_leads_back_to_the_mapping_with_the_reason(
    client: Client, batch: ImportBatch, var_dir: Path
) -> None:
    post_map(client, batch, action="check")
    (var_dir / "imports" / batch.folder / "people.csv").unlink()
    work()
    assert state(batch) == "uploaded"
    text = page(client, batch)
    assert "people.csv: there is no such file" in text
    assert str(var_dir) not in text


def test_files_that_are_gone_are_told_of(log_in: LogIn, bob: User, batch: ImportBatch, var_dir: Path) -> None:
    tick(at=batch.started_at + timedelta(days=6, hours=23))
    assert folders(var_dir) == [batch.folder]
    client = log_in(bob)  # the session of a week ago has ended
    ImportBatch.objects.update(folder="")
    response = post_map(client, batch, action="check", follow=True)
    assert response.headers["Location"] == reverse("admin:customers_importbatch_add")
    assert client.get(address("change", batch)).status_code == 200


def test_after_seven_days_files_and_what_was_not_begun_are_gone(
    client: Client, batch: ImportBatch, var_dir: Path
) -> None:
    tick(at=batch.started_at + timedelta(days=7))
    assert folders(var_dir) == []
    assert not ImportBatch.objects.exists()


def test_an_import_that_failed_goes_on(client: Client, batch: ImportBatch, var_dir: Path) -> None:
    path = var_dir / "imports" / batch.folder / "people.csv"
    content = path.read_bytes()
    client.post(address("start", batch))
    path.unlink()
    work()
    assert state(batch) == "failed"
    assert "Go on with the import" in page(client, batch)
    path.write_bytes(content)
    client.post(address("start", batch))
    work()
    assert state(batch) == "done"
    assert Customer.objects.count() == 2
    assert CustomAttribute.objects.count() == 2


def test_a_stopped_import_says_what_to_do(client: Client, batch: ImportBatch) -> None:
    client.post(address("start", batch))
    job = Job.objects.get()
    client.post(reverse("admin:customers_job_stop", args=[job.pk]))
    assert state(batch) == "failed"
    assert "Go on with it, or undo what it has written" in page(client, batch)


def test_the_page_asks_the_database_no_more_for_more_columns(
    client: Client, north: Team, django_assert_max_num_queries: Any
) -> None:
    wide = ",".join(["name", *(f"column {number}" for number in range(200))])
    batch = uploaded(client, north, file(f"{wide}\n{','.join(['x'] * 201)}\n"))
    with django_assert_max_num_queries(20):
        text = page(client, batch)
    assert text.count('class="im-pick"') == 201
