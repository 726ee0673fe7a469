import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from customers.choices import KeyPurpose, LeaseState
from customers.encryption.cipher import CannotDecrypt
from customers.models import DataKey
from customers.operations.settle_rotation import settle_rotation, values_by_key
from customers.operations.start_rotation import KIND, RotationGoesOn, is_at_work, rotation_jobs, start_rotation
from customers.operations.work_jobs import work_jobs
from customers.operations.wrap_keys_anew import wrap_keys_anew

POLL_SECONDS = 1.0


class Command(BaseCommand):
    """New keys for old ones, while the system runs."""

    help = "Make a new data key and put every encrypted value under it. A rotation that was interrupted goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--wrapping",
            action="store_true",
            help="wrap the data keys by CRM_ENCRYPTION_KEY; CRM_ENCRYPTION_KEY_OLD must be set to the one before",
        )
        which.add_argument("--audit", action="store_true", help="a new key to sign the audit record with")
        which.add_argument("--status", action="store_true", help="tell how many values are under each key, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and print what came of it."""
        if options["wrapping"]:
            told = self._wrap()
        elif options["audit"]:
            told = {"key": start_rotation(at=timezone.now(), purpose=KeyPurpose.AUDIT).pk}
        elif options["status"]:
            told = {"values": {str(key): count for key, count in sorted(values_by_key().items())}}
        else:
            told = self._rotate(quiet=options["json"])
        self.stdout.write(json.dumps(told) if options["json"] else _in_words(told))
        if told.get("unreadable"):
            raise CommandError("some values could not be opened and stay under their old key")

    def _wrap(self) -> dict[str, Any]:
        try:
            return {"wrapped": wrap_keys_anew(at=timezone.now())}
        except CannotDecrypt as error:
            raise CommandError(
                "A data key opens with neither CRM_ENCRYPTION_KEY nor CRM_ENCRYPTION_KEY_OLD. Nothing was changed."
            ) from error

    def _rotate(self, *, quiet: bool) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            key = start_rotation(at=timezone.now())
        except RotationGoesOn:
            key = DataKey.objects.filter(purpose=KeyPurpose.DATA, retired_at=None).latest("pk")
        with tqdm(disable=True if quiet else None, unit="values", leave=False) as bar:
            while not self._settled(key, bar):
                time.sleep(POLL_SECONDS)
        jobs = rotation_jobs(key)
        if any(job.state in (LeaseState.FAILED, LeaseState.STOPPED) for job in jobs):
            raise CommandError("The rotation was stopped, or a part failed: see the jobs. Run the command again.")
        return {
            "key": key.pk,
            "values": sum(int(job.result.get("values", 0)) for job in jobs),
            "unreadable": sum(int(job.result.get("unreadable", 0)) for job in jobs),
            "seconds": round(time.perf_counter() - started, 3),
        }

    def _settled(self, key: DataKey, bar: Any) -> bool:
        """Work as one worker among others; whether the old keys are retired, or nothing more can be done."""
        for _job in work_jobs(clock=timezone.now, kind=KIND):
            pass
        jobs = rotation_jobs(key)
        bar.total = sum(job.total for job in jobs)
        bar.update(sum(job.done for job in jobs) - bar.n)
        if is_at_work(jobs):
            return False
        ended_badly = any(job.state in (LeaseState.FAILED, LeaseState.STOPPED) for job in jobs)
        unreadable = any(job.result.get("unreadable") for job in jobs)
        return bool(settle_rotation(at=timezone.now()) or ended_badly or unreadable or not _goes_on(key))


def _goes_on(key: DataKey) -> bool:
    return DataKey.objects.filter(purpose=key.purpose, retired_at=None, pk__lt=key.pk).exists()


def _in_words(told: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in told.items())
