"""The commands: `backup`, `verify_backup`, `restore`, `reapply_erasures`."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.backup.place import Place
from customers.models import Backup
from customers.tests.backup.world import place

__all__ = ["place"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_it_is_made_verified_and_told_in_json(place: Place) -> None:
    told = json.loads(said("backup", "--verify", "--json"))
    backup = Backup.objects.get()
    assert told.keys() == {
        *("backup", "tables", "rows", "bytes", "files", "file_bytes", "verified", "gone", "seconds"),
    }
    assert (told["backup"], told["rows"], told["verified"]) == (backup.name, backup.rows, True)
    told = json.loads(said("verify_backup", "--json"))
    assert (told["name"], told["findings"]) == (backup.name, [])
    assert json.loads(said("verify_backup", "--all", "--json"))["backups"][0]["name"] == backup.name
    assert "are as they were" in said("verify_backup", backup.name)
    assert json.loads(said("restore", "--list", "--json")) == {"backups": [backup.name]}
    assert said("restore", "--list", "--from", str(place.folder)).strip() == backup.name


def test_damage_ends_in_a_failure_that_says_so(place: Place) -> None:
    name = said("backup").partition(":")[0]
    (place.backup(name) / "manifest").write_bytes(b"no")
    with pytest.raises(CommandError, match=f"damaged: {name}"):
        said("verify_backup")
    with pytest.raises(CommandError, match="is damaged"):
        said("restore")


def test_without_any_and_with_another_key_it_says_what_to_do(place: Place, settings: Any) -> None:
    for command in ("verify_backup", "restore"):
        with pytest.raises(CommandError, match="there is no backup in"):
            said(command)
    said("backup", "--json")
    settings.CRM_ENCRYPTION_KEY = "B" * 43 + "="
    for command in ("verify_backup", "restore"):
        with pytest.raises(CommandError, match="set CRM_ENCRYPTION_KEY to the one that held"):
            said(command)


def test_restore_refuses_the_database_that_is_there(place: Place) -> None:
    said("backup", "--json")
    with pytest.raises(CommandError, match="is not empty"):
        said("restore")


def test_a_server_of_another_kind_to_try_it_on_is_refused(place: Place, settings: Any) -> None:
    said("backup", "--json")
    kind = "postgres" if "postgres" not in settings.DATABASES["default"]["ENGINE"] else "mysql"
    settings.BACKUP_TRY_URL = f"{kind}://me:quagga@127.0.0.1/x"
    with pytest.raises(CommandError, match="of the same kind") as failed:
        said("verify_backup")
    assert "quagga" not in str(failed.value)


def test_nothing_to_erase_again_is_said(place: Place) -> None:
    assert json.loads(said("reapply_erasures", "--json")) == {"noted": 0, "erased": [], "refused": {}}
