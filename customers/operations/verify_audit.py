from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from customers.audit.record import is_genuine, unwrap
from customers.choices import AuditKind
from customers.encryption.cipher import CannotDecrypt
from customers.models import AuditEntry, AuditSeal
from customers.operations.audit_anchor import anchor_stands, read_anchor
from customers.operations.seal_audit import seal_signature

# More findings than that are counted, and not told one by one.
TOLD = 1_000
CHUNK = 2_000

CHANGED, REMOVED, INSERTED, REORDERED = "changed", "removed", "inserted", "reordered"
SEAL_CHANGED, SEAL_REMOVED, CUT_OFF, UNREADABLE = "seal changed", "seal removed", "cut off", "unreadable"
"""Kinds of findings: an entry is not as it was written; is gone; was not written by the program, or is not in the seal
that it says; entries of a seal changed places; a seal is not as it was made; is gone; the end of the chain is gone, as
far as this machine has seen it; the key of an entry's values was destroyed, or spoilt, and no entry says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that nobody who uses the program could have done."""

    kind: str
    seal: int | None = None
    entry: int | None = None


@dataclass(slots=True)
class Verified:
    """What came of it. `waiting`: entries that are not sealed yet; `forgotten`: whose values an erasure made
    unreadable; `head`: number and mac of the newest seal, to be kept elsewhere and compared with later."""

    entries: int = 0
    seals: int = 0
    waiting: int = 0
    forgotten: int = 0
    head: str = ""
    tampering: int = 0
    findings: list[Finding] = field(default_factory=list)

    def find(self, kind: str, *, seal: int | None = None, entry: int | None = None) -> None:
        """Tell of something."""
        self.tampering += 1
        if len(self.findings) < TOLD:
            self.findings.append(Finding(kind, seal, entry))


def verify_audit(*, head: str = "", tell: Callable[[int, int], None] = lambda done, total: None) -> Verified:
    """Read the whole audit record and check every signature and every link. Writes nothing.

    `head` is what an earlier call told as head: the chain must still hold it. `tell` hears how many entries are done of
    how many."""
    told, total = Verified(), AuditEntry._base_manager.count()
    erased = _erased()
    before, number, linked = "", 1, True
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=200):
        if seal.number != number:
            told.find(SEAL_REMOVED, seal=number)
            linked = False  # its own link leads to one that is gone
        _check_seal(told, seal, before if linked else None, erased)
        before, number, linked = seal.mac, seal.number + 1, True
        told.seals += 1
        told.head = f"{seal.number}:{seal.mac}"
        tell(told.entries, total)
    _check_waiting(told, erased)
    _check_ends(told, head)
    tell(total, total)
    return told


def _check_seal(told: Verified, seal: AuditSeal, before: str | None, erased: set[int]) -> None:
    named = seal.entries if isinstance(seal.entries, list) else []
    rows: dict[int, Any] = {row.pk: row for row in AuditEntry._base_manager.filter(pk__in=named)}
    gone = [pk for pk in named if pk not in rows]
    for pk in gone:
        told.find(REMOVED, seal=seal.number, entry=pk)
    are_genuine = True
    for row in (rows[pk] for pk in named if pk in rows):
        told.entries += 1
        if not is_genuine(row):
            told.find(CHANGED, seal=seal.number, entry=row.pk)
            are_genuine = False
        elif row.seal_id != seal.pk:
            told.find(REORDERED, seal=seal.number, entry=row.pk)
        _check_key(told, row, erased)
    for pk in AuditEntry._base_manager.filter(seal=seal.pk).exclude(pk__in=named).values_list("pk", flat=True):
        told.find(INSERTED, seal=seal.number, entry=pk)
    if gone or before is None:
        return  # the signature cannot be computed, and something was found
    key, dot, _digest = seal.mac.partition(".")
    try:
        macs = [rows[pk].mac for pk in named]
        signed = seal_signature(seal, before=before, macs=macs, key_id=int(key) if dot and key.isdigit() else 0)
    except CannotDecrypt:
        signed = ""
    if signed != seal.mac and are_genuine:
        # Every entry is as it was written, so either they changed places or the seal itself was touched.
        told.find(REORDERED if _others_fit(seal, before, rows) else SEAL_CHANGED, seal=seal.number)


def _others_fit(seal: AuditSeal, before: str, rows: dict[int, Any]) -> bool:
    """Whether the seal signs the same entries under other keys: two of them were exchanged."""
    key = int(seal.mac.partition(".")[0] or 0)
    by_time = sorted(rows.values(), key=lambda row: (row.at, row.pk))
    try:
        return seal_signature(seal, before=before, macs=[row.mac for row in by_time], key_id=key) == seal.mac
    except (CannotDecrypt, ValueError):
        return False


def _check_waiting(told: Verified, erased: set[int]) -> None:
    for row in _pages(AuditEntry._base_manager.filter(seal=None)):
        told.entries += 1
        told.waiting += 1
        if not is_genuine(row):
            told.find(INSERTED, entry=row.pk)
        _check_key(told, row, erased)


def _pages(rows: Any) -> Iterator[Any]:
    yield from rows.order_by("pk").iterator(chunk_size=CHUNK)


def _check_key(told: Verified, row: Any, erased: set[int]) -> None:
    if not row.key:
        told.forgotten += 1
        if erased.isdisjoint({row.customer_id, row.other_customer_id}):
            told.find(UNREADABLE, entry=row.pk)
        return
    try:
        unwrap(row.key, mac=row.mac)
    except CannotDecrypt:
        told.find(UNREADABLE, entry=row.pk)


def _erased() -> set[int]:
    """Customers of whom an entry, genuine itself, says that their values were made unreadable."""
    rows = AuditEntry._base_manager.filter(kind=AuditKind.FORGOTTEN)
    return {row.customer_id for row in _pages(rows) if is_genuine(row)}


def _check_ends(told: Verified, head: str) -> None:
    anchor = read_anchor()
    if anchor is not None and not anchor_stands(anchor):
        told.find(CUT_OFF, seal=int(anchor["number"]))
    if head:
        number, _colon, mac = head.partition(":")
        known = AuditSeal.objects.filter(number=int(number), mac=mac) if number.isdigit() else AuditSeal.objects.none()
        if not known.exists():
            told.find(CUT_OFF, seal=int(number) if number.isdigit() else None)
