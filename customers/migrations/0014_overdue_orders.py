from datetime import UTC, datetime, timedelta

from django.db import migrations
from django.db.models import F, Q
from django.utils import timezone

ORDERS_AT_ONCE = 500
RELIABILITY, PROMISES, ORDER = 2, 6, "order"
MOMENT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)
DECISION = ("is_exclusion", "excluded_until", "excluded_by_id", "reason")


def tell_broken_promises(apps, schema_editor):
    """An order that is open, and one that came late, breaks its promise just after the promised date: put that on
    record as promise_fact says it now, in place of what was told at the delivery. Nothing is rewritten: rows are
    superseded at the next activity version of their customers, so that old scores replay and new ones are computed."""
    alias = schema_editor.connection.alias
    orders = apps.get_model("customers", "Order").objects.using(alias)
    is_open = Q(status__in=("placed", "shipped"), delivered_at=None)
    came_late = Q(delivered_at__gt=F("promised_at")) & ~Q(status="cancelled")
    broken = orders.filter(is_open | came_late, promised_at__isnull=False).order_by("pk")
    after = 0
    while rows := list(broken.filter(pk__gt=after).values_list("pk", "customer_id", "promised_at")[:ORDERS_AT_ONCE]):
        _tell(apps, alias, rows)
        after = rows[-1][0]


def _tell(apps, alias, orders):
    customers = apps.get_model("customers", "Customer").objects.using(alias)
    ledger = apps.get_model("customers", "Observation")
    told = ledger.objects.using(alias).filter(
        factor=RELIABILITY, subject_type=ORDER, subject_id__in=[pk for pk, _customer, _promised in orders]
    )
    standing = {(row.customer_id, row.subject_id): row for row in told.filter(superseded_version=None)}
    # What was corrected before counts up to its correction for good: the order stays as it was told.
    corrected = set(told.filter(superseded_at__gt=F("at")).values_list("customer_id", "subject_id"))
    fresh = [
        (customer, pk, promised + MOMENT if promised < LAST else promised)
        for pk, customer, promised in orders
        if (customer, pk) not in corrected
    ]
    fresh = [key for key in fresh if not _is_told(standing.get(key[:2]), key[2])]
    if not fresh:
        return
    touched = customers.filter(pk__in={customer for customer, _pk, _at in fresh})
    locked = touched.select_for_update().order_by("pk")
    versions = {pk: version + 1 for pk, version in locked.values_list("pk", "activity_version")}
    now = timezone.now()
    touched.update(activity_version=F("activity_version") + 1, last_activity_at=now)
    rows, superseded = [], []
    for customer, pk, at in fresh:
        old = standing.get((customer, pk))
        row = ledger(customer_id=customer, factor=RELIABILITY, measure=PROMISES, value=0.0, reference=1.0, at=at)
        row.recorded_at, row.recorded_version = now, versions[customer]
        row.subject_type, row.subject_id = ORDER, pk
        if old is not None:
            for name in DECISION:
                setattr(row, name, getattr(old, name))
            old.superseded_at, old.superseded_version = old.at, versions[customer]
            superseded.append(old)
        rows.append(row)
    ledger.objects.using(alias).bulk_update(superseded, ["superseded_at", "superseded_version"], batch_size=200)
    ledger.objects.using(alias).bulk_create(rows, batch_size=200)


def _is_told(row, at):
    return row is not None and (row.at, row.value) == (at, 0.0)


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_covering_facts")]

    operations = [migrations.RunPython(tell_broken_promises, migrations.RunPython.noop)]
