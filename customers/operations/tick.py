from datetime import datetime

from customers.operations.deliver_webhooks import give_up_worn_out
from customers.operations.forget_deliveries import forget_deliveries
from customers.operations.forget_exports import forget_exports
from customers.operations.forget_logins import forget_logins
from customers.operations.forget_uploads import forget_uploads
from customers.operations.note_erasures import note_erasures
from customers.operations.plan_backup import plan_backup
from customers.operations.plan_retention import plan_retention
from customers.operations.plan_sweep import plan_sweep
from customers.operations.seal_audit import seal_audit
from customers.operations.settle_rotation import settle_rotation
from customers.operations.work_jobs import free_jobs, give_up_worn_out_jobs


def tick(*, at: datetime) -> int:
    """What has to happen every few seconds in this room; returns how many jobs wait for a worker.

    Every step may be lost, doubled or run twice at once."""
    plan_sweep(at=at)
    plan_retention(at=at)
    plan_backup(at=at)
    note_erasures(at=at)
    give_up_worn_out_jobs(at=at)
    give_up_worn_out(at=at)
    forget_deliveries(at=at)
    forget_exports(at=at)
    forget_uploads(at=at)
    forget_logins(at=at)
    seal_audit(at=at)
    settle_rotation(at=at)
    return free_jobs().count()
