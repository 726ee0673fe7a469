"""The register: imports, exports, jobs, and what programs sent."""

from customers.registry import Entry, direct, free, indirect, none, staff
from customers.registry.terms import LINK, PROOF, OnErasure, Purpose, Retention

ENTRIES = (
    Entry(
        "customers.ImportBatch",
        Purpose.BRING,
        Retention.IMPORTS,
        (
            none("id format source folder tables on_duplicate team state dry_run counts duplicates report_path job"),
            none("started_at finished_at"),
            free("path options error", OnErasure.REDACT),
            staff("started_by"),
        ),
    ),
    Entry(
        "customers.ImportRow",
        Purpose.BRING,
        Retention.IMPORTS,
        (
            none("id batch kind file line outcome"),
            direct("source_id label", OnErasure.REDACT),
            free("detail", OnErasure.REDACT),
        ),
    ),
    Entry(
        "customers.ImportStep",
        Purpose.BRING,
        Retention.IMPORTS,
        (none("id batch kind model created"), direct("changed", OnErasure.REDACT)),
    ),
    Entry(
        "customers.ImportMapping",
        Purpose.RUN,
        Retention.USE,
        (none("id name format tables created_at"), staff("created_by")),
    ),
    Entry(
        "customers.Export",
        Purpose.BRING,
        Retention.DAYS,
        (
            none("id model format rows size file job created_at expires_at"),
            indirect("person"),
            free("query", OnErasure.REDACT),
            staff("owner"),
        ),
        about=("person",),
        is_deleted=True,
    ),
    Entry(
        "customers.Job",
        Purpose.RUN,
        Retention.JOBS,
        (
            none("id state token lease_until attempts kind key subject_id done total step language"),
            none("created_at started_at finished_at"),
            free("result error", OnErasure.REDACT),
            staff("created_by"),
        ),
    ),
    Entry(
        "customers.IdempotencyKey",
        Purpose.RUN,
        Retention.DAY,
        (
            none("id token claimed_at status etag fingerprint"),
            free("key body", OnErasure.REDACT),
            staff("user"),
        ),
    ),
    Entry(
        "customers.PrivacyFlag",
        Purpose.RIGHTS,
        Retention.PROOF,
        (
            none("id"),
            indirect("customer", keep=LINK),
            indirect("kind is_set at", keep=PROOF),
            free("reason", OnErasure.EMPTY),
            staff("by"),
        ),
        about=("customer",),
    ),
    Entry(
        "customers.Erasure",
        Purpose.RIGHTS,
        Retention.PROOF,
        (
            none("id version"),
            indirect("customer", keep=LINK),
            indirect("state asked_at decided_at preview result", keep=PROOF),
            free("reason decision", OnErasure.REDACT),
            staff("asked_by decided_by"),
        ),
        about=("customer",),
    ),
    Entry(
        "customers.RetentionRule",
        Purpose.RIGHTS,
        Retention.USE,
        (none("id version kind days is_active"),),
    ),
    Entry(
        "customers.RetentionRun",
        Purpose.RIGHTS,
        Retention.PROOF,
        (none("id rule days cutoff is_dry_run found oldest_at done job started_at finished_at"), staff("started_by")),
    ),
    Entry(
        "customers.Backup",
        Purpose.RUN,
        Retention.USE,
        (none("id name taken_at server tables rows bytes files file_bytes verified_at problem"),),
    ),
    Entry(
        "customers.DataKey",
        Purpose.RUN,
        Retention.USE,
        (none("id purpose wrapped created_at retired_at"),),
    ),
    Entry(
        "customers.Webhook",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version key name kind url host headers secret old_secret old_secret_until events team is_active"),
            none("created_at paused_at failures failing_since held_until delivered_at problem"),
            staff("owner"),
        ),
    ),
    Entry(
        "customers.WebhookDelivery",
        Purpose.RUN,
        Retention.DELIVERIES,
        (
            none("id state token lease_until attempts key webhook event lane object_type object_id path data"),
            none("at due_at settled_at status duration_ms problem"),
            free("content", OnErasure.REDACT),
        ),
    ),
    Entry(
        "customers.WebhookAttempt",
        Purpose.RUN,
        Retention.DELIVERIES,
        (none("id delivery at status duration_ms problem"), free("answer", OnErasure.REDACT)),
    ),
    Entry(
        "customers.AuditEntry",
        Purpose.STAFF,
        Retention.PROOF,
        (
            none("id at kind verb model object_id channel via mac seal"),
            indirect("customer_id other_customer_id", keep=LINK),
            free("values key", OnErasure.REDACT),
            staff("actor address"),
        ),
    ),
    Entry("customers.AuditSeal", Purpose.RUN, Retention.PROOF, (none("id number at entries mac"),)),
)
