"""What Celery beat starts, and how often. Plain data; the tasks live in the apps.

No crontab: one that beat misses is never caught up. An interval task that ensures the due run is.
"""

from typing import Any

# Each room's own, so that each scales alone (docs/guides/operations.md); the first is the wiring's.
QUEUES = ("crm", "customers", "services", "analytics")

TIMETABLE: dict[str, dict[str, Any]] = {
    # Ensures the nightly run at 02:00, pokes the workers, finishes runs and sweeps stale customers.
    "tick": {"task": "analytics.tasks.tick", "schedule": 20.0, "options": {"expires": 20}},
    # What customers feel of the late tickets of their relations; once a day, whom one contact carries, and what will be
    # demanded.
    "relations": {"task": "analytics.tasks.look_around", "schedule": 60.0, "options": {"expires": 60}},
    # Has the dashboards and reports written that are due by mail.
    "reports by mail": {"task": "analytics.tasks.mail_reports", "schedule": 60.0, "options": {"expires": 60}},
    # Whose behaviour events are, of customers who came or changed lately.
    "event users": {"task": "analytics.tasks.match_event_users", "schedule": 3600.0, "options": {"expires": 3600}},
    # Pokes the workers for imports, exports and other long work, and starts what is due.
    "jobs": {"task": "customers.tasks.tick", "schedule": 10.0, "options": {"expires": 10}},
    # Closes what is solved for long, warns of targets and escalates.
    "desk": {"task": "services.tasks.tick", "schedule": 15.0, "options": {"expires": 15}},
    # Takes in the mail of each mailbox that was not asked for a minute.
    "mail in": {"task": "services.tasks.fetch_mail", "schedule": 20.0, "options": {"expires": 20}},
    # Sends the mail that is due.
    "mail out": {"task": "services.tasks.send_mail", "schedule": 10.0, "options": {"expires": 10}},
    # Says that beat, the queue and a worker of it are alive: one message for each queue.
    **{
        f"heartbeat {queue}": {
            "task": "crm.tasks.heartbeat",
            "schedule": 30.0,
            "options": {"expires": 30, "queue": queue},
        }
        for queue in QUEUES
    },
}
