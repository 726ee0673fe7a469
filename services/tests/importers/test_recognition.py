"""Which system a file is of is told by its real header line alone."""

import json
from pathlib import Path

import pytest

from customers.importers.inspect import inspect
from tests.foreign import under

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
HEADERS = {
    "dynamics365/account.view-export.header.csv": ("dynamics", "account"),
    "dynamics365/contact.view-export.header.csv": ("dynamics", "contact"),
    "dynamics365/case.view-export.header.csv": ("dynamics", "case"),
    "salesforce_headers/dataloader.Account.header.csv": ("salesforce", "account"),
    "salesforce_headers/dataloader.Contact.header.csv": ("salesforce", "contact"),
    "salesforce_headers/dataloader.Case.header.csv": ("salesforce", "case"),
    "salesforce_headers/weekly-export.Account.header.csv": ("salesforce", "account"),
    "salesforce_headers/weekly-export.Contact.header.csv": ("salesforce", "contact"),
    "salesforce_headers/weekly-export.Case.header.csv": ("salesforce", "case"),
    "salesforce_headers/weekly-export.Case-with-entitlements.header.csv": ("salesforce", "case"),
    "salesforce_headers/weekly-export.CaseComment.header.csv": ("salesforce", "case_comment"),
    "suitecrm/Accounts.header.csv": ("sugar", "accounts"),
    "suitecrm/Contacts.header.csv": ("sugar", "contacts"),
    "suitecrm/Cases.header.csv": ("sugar", "cases"),
    "zendesk/tickets.legacy-csv-export.header.csv": ("zendesk", "tickets"),
}
DATA = {
    "olist": "olist",
    "online_retail": "online_retail",
    "incidents": "incidents",
    "helpdesk": "helpdesk",
    "salesforce_workshop": "salesforce",
    "salesforce_genai": "salesforce",
    "febrl": "candid",
    "telco": "candid",
}


def test_no_header_is_forgotten(data_dir: Path) -> None:
    folder = data_dir / "export_headers"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.csv")} == HEADERS.keys()


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_line_tells_format_and_table_and_every_column_gets_a_place(
    name: str, data_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(under(data_dir / "export_headers" / name))
    inspection = inspect([path])
    (table,) = inspection.tables
    assert (inspection.format, table.kind) == HEADERS[name]
    assert all(column.target for column in table.columns)


def test_the_keys_of_json_tell_too(data_dir: Path, tmp_path: Path) -> None:
    lines = (data_dir / "export_headers" / "zendesk" / "ticket.json-keys.txt").read_text().splitlines()
    row = {line.split(" ")[0]: "x" for line in lines if not line.startswith("also")}
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps([row]))
    inspection = inspect([path])
    assert (inspection.format, inspection.tables[0].kind) == ("zendesk", "json_tickets")
    names = (data_dir / "export_headers" / "dynamics365" / "incident.logical-names.txt").read_text().splitlines()
    path.write_text(json.dumps({"value": [dict.fromkeys((name.split(" ")[0] for name in names), "x")]}))
    inspection = inspect([path])
    assert (inspection.format, inspection.tables[0].kind) == ("dynamics", "case")


@pytest.mark.parametrize("folder", DATA)
def test_the_data_sets_are_known_by_their_files(folder: str, data_dir: Path) -> None:
    assert inspect(sorted((data_dir / folder).iterdir())).format == DATA[folder]
