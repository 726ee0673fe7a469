"""The books afterwards: what was acknowledged is there once, had its effect once, and nothing hangs."""

import json
from collections import Counter

from tests.faults.chaos.arrivals import Arrivals
from tests.faults.chaos.load import Ledger
from tests.faults.house import House, wait_for

# Where the marks of each kind stand, among nothing else.
WRITTEN = {
    "customer": "SELECT substr(name, 8) FROM customers_customer WHERE name LIKE 'Person %'",
    "ticket": "SELECT substr(subject, 8) FROM services_ticket WHERE subject LIKE 'Ticket %'",
    "note": "SELECT substr(body, 6) FROM services_message WHERE body LIKE 'Note %'",
    "received": "SELECT substr(body, 6) FROM services_message WHERE body LIKE 'More %'",
    "reply": "SELECT substr(body, 8) FROM services_message WHERE body LIKE 'Answer %'",
    "mail": "SELECT substr(body, 6) FROM services_message WHERE body LIKE 'Mail %'",
    "rating": "SELECT substr(comment, 8) FROM services_satisfactionrating WHERE comment LIKE 'Rating %'",
    "event": "SELECT properties::jsonb ->> 'mark' FROM analytics_event",
    "solved": "SELECT substr(t.subject, 8) FROM services_ticketevent e JOIN services_ticket t ON t.id = e.ticket_id"
    " WHERE e.kind = 'status' AND e.status_after = 'solved' AND t.subject LIKE 'Ticket %'",
}
# Rows that are a queue, and what is still open in each.
QUEUES = {
    "mails out": "SELECT count(*) FROM services_outboundmail WHERE state <> 'done'",
    "mails in": "SELECT count(*) FROM services_inboundmail WHERE outcome = 'waiting'",
    "webhooks": "SELECT count(*) FROM customers_webhookdelivery WHERE state <> 'done'",
    "runs": "SELECT count(*) FROM analytics_scoringrun WHERE state = 'running'",
    "chunks": "SELECT count(*) FROM analytics_scoringchunk WHERE state <> 'done'",
    "stale scores": "SELECT count(*) FROM customers_customer c LEFT JOIN analytics_customerscore s"
    " ON s.customer_id = c.id WHERE c.activity_version > coalesce(s.activity_version, 0)",
}
# When nobody lives who holds one, a lease may end early: the test does not sit out the ten minutes.
END_OF_LEASES = {
    "services_outboundmail": "due_at = now()",
    "services_inboundmail": "due_at = now()",
    "customers_webhookdelivery": "due_at = now()",
    "analytics_scoringchunk": "token = token",
    "customers_job": "token = token",
}


def end_leases(house: House) -> None:
    """As if the time of all leases had gone by. Only while no worker runs."""
    for table, more in END_OF_LEASES.items():
        ended = "CASE WHEN lease_until IS NULL THEN NULL ELSE now() - interval '1 second' END"
        house.do(f"UPDATE {table} SET lease_until = {ended}, {more} WHERE state IN ('todo', 'leased')")  # noqa: S608


def open_work(house: House) -> dict[str, int]:
    """What is still open, by queue."""
    found = {name: int(house.ask(sql)[0][0]) for name, sql in QUEUES.items()}
    return {name: count for name, count in found.items() if count}


def wait_until_settled(house: House, seconds: float) -> dict[str, int]:
    """Until nothing is open; else what is, after so long."""
    try:
        wait_for(lambda: not open_work(house), "everything is done", seconds)
    except AssertionError:
        return open_work(house)
    return {}


def compare(house: House, ledger: Ledger, arrivals: Arrivals) -> tuple[list[str], list[str]]:
    """(what was lost, what is there twice), in words."""
    lost: list[str] = []
    doubled: list[str] = []
    for kind, sql in WRITTEN.items():
        found = Counter(str(mark) for (mark,) in house.ask(sql))
        lost += [f"{kind} {mark}" for mark in ledger.acknowledged[kind] if mark not in found]
        doubled += [f"{kind} {mark}" for mark, count in found.items() if count > 1]
    arrivals.look()
    said = {mark: arrivals.mails.get(f"Answer {mark}", set()) for mark in ledger.acknowledged["reply"]}
    told = {
        key: arrivals.hooks.get(("customer.created", key), set()) for key in ledger.acknowledged["customer"].values()
    }
    lost += [f"mail of answer {mark}" for mark, ids in said.items() if not ids]
    lost += [f"webhook of customer {key}" for key, ids in told.items() if not ids]
    doubled += [f"mail: {text[:50]}" for text, ids in arrivals.mails.items() if len(ids) > 1]
    doubled += [f"webhook of customer {key}" for key, ids in told.items() if len(ids) > 1]
    return lost, doubled


def audit_findings(house: House) -> int:
    """Entries and seals that do not fit the chain."""
    return len(json.loads(house.manage("verify_audit", "--json"))["findings"])
