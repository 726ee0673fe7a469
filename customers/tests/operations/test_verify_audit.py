"""The chain over the audit record: whoever has the database, and not the keys, can touch nothing unseen."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from customers.audit.record import record, values_of
from customers.encryption.keyring import forget_keys
from customers.models import AuditEntry, AuditSeal, Customer, DataKey
from customers.operations import seal_audit as module
from customers.operations.add_contact_point import add_contact_point
from customers.operations.audit_anchor import anchor_path, read_anchor
from customers.operations.forget_audit_values import forget_audit_values
from customers.operations.seal_audit import seal_audit
from customers.operations.start_rotation import start_rotation
from customers.operations.verify_audit import verify_audit
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys")]

# Whoever has the database is bound by no queryset of ours.
entries = AuditEntry._base_manager
seals = AuditSeal._base_manager


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def chain(acme: Customer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nine entries under three seals. Returns the keys of the entries."""
    entries.all().delete()
    monkeypatch.setattr(module, "ENTRIES_AT_ONCE", 3)
    for number in range(9):
        record("done", acme, number=number)
    assert seal_audit(at=NOW) == 9
    return [*entries.order_by("pk").values_list("pk", flat=True)]


def findings(**options: Any) -> list[tuple[str, int | None, int | None]]:
    found = verify_audit(**options)
    assert found.tampering == len(found.findings)
    return [(one.kind, one.seal, one.entry) for one in found.findings]


def test_an_untouched_record_is_whole(chain: list[int], acme: Customer) -> None:
    record("done", acme)
    found = verify_audit()
    assert (found.entries, found.seals, found.waiting, found.tampering) == (10, 3, 1, 0)
    assert findings(head=found.head) == []
    assert [seal.entries for seal in seals.order_by("number")] == [chain[:3], chain[3:6], chain[6:]]


def test_an_entry_that_was_taken_out_of_its_seal_is_found(chain: list[int]) -> None:
    entries.filter(pk=chain[0]).update(seal=None)
    assert ("reordered", 1, chain[0]) in findings()


@pytest.mark.parametrize(
    "change",
    [
        {"actor_id": 999},
        {"verb": "other"},
        {"at": NOW},
        {"object_id": "7"},
        {"values": "AAAA"},
        {"mac": "1.00"},
        {"customer_id": None},
    ],
)
def test_a_changed_entry_is_found(chain: list[int], change: dict[str, Any]) -> None:
    entries.filter(pk=chain[4]).update(**change)
    assert ("changed", 2, chain[4]) in findings()


def test_a_removed_entry_is_found(chain: list[int]) -> None:
    entries.filter(pk=chain[4]).delete()
    assert findings() == [("removed", 2, chain[4])]


def test_a_removed_entry_is_found_though_the_seal_forgets_it(chain: list[int]) -> None:
    entries.filter(pk=chain[4]).delete()
    seals.filter(number=2).update(entries=[chain[3], chain[5]])
    assert findings() == [("seal changed", 2, None)]


def test_entries_that_changed_places_are_found(chain: list[int]) -> None:
    one, other = entries.get(pk=chain[3]), entries.get(pk=chain[5])
    entries.filter(pk__in=[one.pk, other.pk]).delete()
    one.pk, other.pk = other.pk, one.pk
    entries.bulk_create([one, other])
    assert findings() == [("reordered", 2, None)]


def test_an_entry_that_was_slipped_in_is_found(chain: list[int]) -> None:
    forged = entries.get(pk=chain[4])
    forged.pk, forged.mac, forged.seal, forged.object_id = None, "1.forged", None, "7"
    forged.save(force_insert=True)
    assert findings() == [("inserted", None, forged.pk), ("unreadable", None, forged.pk)]
    seal_audit(at=NOW)
    assert ("changed", 4, forged.pk) in findings()


def test_an_entry_that_was_put_under_an_old_seal_is_found(chain: list[int], acme: Customer) -> None:
    record("done", acme)
    late = entries.latest("pk")
    entries.filter(pk=late.pk).update(seal=seals.get(number=1))
    assert findings() == [("inserted", 1, late.pk)]


def test_an_entry_is_not_to_be_had_twice(chain: list[int]) -> None:
    copy = entries.get(pk=chain[4])
    copy.pk = None
    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)


def test_a_removed_seal_is_found(chain: list[int]) -> None:
    entries.filter(seal__number=2).update(seal=None)
    seals.filter(number=2).delete()
    assert ("seal removed", 2, None) in findings()


@pytest.mark.parametrize("change", [{"at": NOW + timedelta(1)}, {"mac": "1.00"}, {"entries": []}])
def test_a_changed_seal_is_found(chain: list[int], change: dict[str, Any]) -> None:
    seals.filter(number=2).update(**change)
    assert ("seal changed", 2, None) in findings()


def test_an_end_that_was_cut_off_is_found_by_what_lies_beside_the_database(chain: list[int], acme: Customer) -> None:
    head = verify_audit().head
    entries.filter(seal__number=3).delete()
    seals.filter(number=3).delete()
    assert findings() == [("cut off", 3, None)]
    assert findings(head=head) == [("cut off", 3, None)] * 2
    anchor = read_anchor()
    record("done", acme)
    seal_audit(at=NOW)  # a new third seal does not hide that there was another
    assert read_anchor() == anchor
    assert ("cut off", 3, None) in findings()


def test_a_restored_backup_is_taken_for_good_when_somebody_says_so(chain: list[int]) -> None:
    entries.filter(seal__number=3).delete()
    seals.filter(number=3).delete()
    call_command("verify_audit", "--accept-end", "--json")
    assert findings() == []


def test_an_anchor_that_was_spoilt_keeps_nothing_from_going_on(chain: list[int], acme: Customer) -> None:
    path = anchor_path()
    assert path is not None
    path.write_text("{")
    record("done", acme)
    assert seal_audit(at=NOW) == 1
    assert findings() == [] and (read_anchor() or {})["number"] == 4


def test_of_two_who_seal_at_once_one_wins(chain: list[int], acme: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    record("done", acme)
    calls: list[int] = []
    real = module.seal_signature

    def late(seal: AuditSeal, **given: Any) -> str:
        if not calls:
            calls.append(1)
            seals.create(number=seal.number, at=NOW, entries=[], mac="1.other")  # somebody else, a moment before
        return real(seal, **given)

    with monkeypatch.context() as patch:
        patch.setattr(module, "seal_signature", late)
        assert seal_audit(at=NOW) == 0
    seals.filter(mac="1.other").delete()
    assert seal_audit(at=NOW) == 1 and findings() == []


def test_what_was_forgotten_is_unreadable_and_the_chain_is_whole(chain: list[int], acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    seal_audit(at=NOW)
    point = AuditEntry.objects.get(model="customers.contactpoint")
    assert "a@example.com" in str(values_of(point))
    assert forget_audit_values(customer_id=acme.pk, at=NOW) == 10
    point.refresh_from_db()
    assert values_of(point) is None
    seal_audit(at=NOW)
    found = verify_audit()
    assert (found.tampering, found.forgotten) == (0, 10)
    assert forget_audit_values(customer_id=acme.pk, at=NOW) == 0


def test_those_who_were_merged_are_forgotten_as_well(acme: Customer, wang: Customer) -> None:
    Customer.objects.filter(pk=wang.pk).update(merged_into=acme)
    forget_audit_values(customer_id=acme.pk, at=NOW)
    assert not AuditEntry.objects.about(wang.pk).exclude(key="").exclude(kind="forgotten").exists()


def test_values_that_somebody_made_unreadable_are_found(chain: list[int]) -> None:
    entries.filter(pk=chain[1]).update(key="")
    entries.filter(pk=chain[2]).update(key=entries.get(pk=chain[3]).key)
    assert findings() == [("unreadable", None, chain[1]), ("unreadable", None, chain[2])]


def test_a_new_signing_key_signs_on(chain: list[int], acme: Customer, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        start_rotation(at=NOW, purpose="audit")
    record("done", acme)
    seal_audit(at=NOW)
    assert findings() == []
    assert len({mac.partition(".")[0] for mac in entries.values_list("mac", flat=True)}) == 2


def test_without_the_key_nothing_can_be_verified(chain: list[int]) -> None:
    DataKey.objects.filter(purpose="audit").delete()
    forget_keys()
    assert len(findings()) >= 9


def test_the_command_tells_machines_and_fails_where_somebody_was(chain: list[int], capsys: Any) -> None:
    call_command("verify_audit", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["tampering"], told["findings"]) == (9, 0, [])
    entries.filter(pk=chain[4]).update(verb="x")
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit")
    assert f"changed: seal 2, entry {chain[4]}" in capsys.readouterr().out
