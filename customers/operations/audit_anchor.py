"""The newest seal, written down beside the database: whoever cuts off the end of the chain there cannot cut it here."""

import hashlib
import json
import logging
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from customers.models import AuditSeal

logger = logging.getLogger(__name__)


def anchor_path() -> Path | None:
    """Where the anchor of this chain lies: each chain, known by its first link, has its own. None before the first."""
    first = AuditSeal.objects.order_by("number").first()
    if first is None:
        return None
    folder = Path(settings.VAR_DIR) / "audit"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{hashlib.sha256(first.mac.encode()).hexdigest()[:16]}.json"


def read_anchor() -> dict[str, Any] | None:
    """{"number", "mac"} of the newest seal that this machine has seen; None where it has seen none."""
    path = anchor_path()
    if path is None or not path.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except ValueError:  # the machine went down while it was written, long ago: os.replace leaves no halves
        return None
    return found if {"number", "mac"} <= found.keys() else None


def anchor_stands(anchor: dict[str, Any]) -> bool:
    """Whether the chain still has the seal that the anchor names."""
    return AuditSeal.objects.filter(number=anchor["number"], mac=anchor["mac"]).exists()


def keep_anchor(seal: AuditSeal, *, force: bool = False) -> bool:
    """Note the newest seal. An anchor that the chain no longer holds is left as it is, so that `verify_audit` tells of
    it, until somebody says with `force` that this is how it should be (a backup was restored)."""
    path, known = anchor_path(), read_anchor()
    if path is None:
        return False
    if known is not None and not force and not anchor_stands(known):
        logger.error("audit seal %s is gone from the chain: run verify_audit", known["number"])
        return False
    if known is not None and not force and known["number"] > seal.number:
        return True  # another process was quicker
    draft = path.with_suffix(f".{uuid.uuid4().hex}")  # of each writer its own, threads of one process too
    draft.write_text(json.dumps({"number": seal.number, "mac": seal.mac}))
    draft.replace(path)
    return True
