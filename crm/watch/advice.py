"""What each part of the installation is called, and what to do when it is not as it should be."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# Without these nothing works; the others leave work undone for a while.
WORST = ("database", "migrations")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: how it is, in words and as a tone, and what to do. `advice` is empty where all is well."""

    code: str
    name: str
    state: str
    tone: str
    advice: str


def parts_from(answers: dict[str, str]) -> list[Part]:
    """The parts that health asked, in its order."""
    return [_part(code, answer) for code, answer in answers.items()]


def _part(code: str, answer: str) -> Part:
    name, advice = _names()[code]
    if answer == "ok":
        return Part(code, name, _("works"), "good", "")
    return Part(code, name, _in_words(answer), "bad" if code in WORST else "warn", advice)


def _in_words(answer: str) -> str:
    """What health said; its words for a machine become words for people, and names of errors stay."""
    known = {
        "not heard from": _("not heard from"),
        "no answer": _("does not answer"),
        "none verified": _("none was verified"),
    }
    number, _space, rest = answer.partition(" ")
    if rest == "to be applied":
        return _("%(number)s to be applied") % {"number": number}
    if answer.startswith(("newest run ", "newest verified ")):
        return _("the newest is %(number)s hours old") % {"number": answer.split()[2]}
    if answer.startswith("no worker reads "):
        return _("no worker reads %(queues)s") % {"queues": answer.removeprefix("no worker reads ")}
    return known.get(answer, answer)


def _names() -> dict[str, tuple[str, str]]:
    return {
        "database": (_("Database"), _("Look whether its server runs, and at DATABASE_URL.")),
        "replica": (
            _("Read replica"),
            _("Reports read from the main database meanwhile. Look whether the replica runs, and at REPLICA_URL."),
        ),
        "redis": (
            "Redis",
            _(
                "Pages work without it, but nothing is done in the background. Look whether it runs, and at REDIS_URL; "
                "what waits is done when it is back."
            ),
        ),
        "worker": (
            _("Workers"),
            _("Start one: celery --app crm worker. What waits is done then; nothing is lost."),
        ),
        "beat": (
            _("Timetable"),
            _("Start it once: celery --app crm beat. Without it no mail is fetched and no score is made."),
        ),
        "migrations": (_("Tables"), _("Run ./bin/crm migrate. This release needs tables that are not there yet.")),
        "queues": (
            _("Queues"),
            _("Start a worker that reads them: without --queues it reads all."),
        ),
        "scores": (
            _("Scores"),
            _(
                "The nightly run did not end. Look at the newest scoring runs below, and whether a worker reads the "
                "queue analytics."
            ),
        ),
        "backups": (
            _("Backups"),
            _(
                "If the database were lost now, what was written since the newest verified backup would be lost. What "
                "failed last is told under Settings, Backups; a worker of the queue customers makes them."
            ),
        ),
    }


def waiting_name(kind: str) -> tuple[str, str, str]:
    """What waits, which queue does it, and the page where it is listed."""
    return {
        "mail_out": (_("Mail to be sent"), "services", "admin:services_outboundmail_changelist"),
        "mail_in": (_("Mail to be filed"), "services", "admin:services_inboundmail_changelist"),
        "webhook": (_("Webhook deliveries"), "customers", "admin:customers_webhookdelivery_changelist"),
        "job": (_("Jobs"), "customers", "admin:customers_job_changelist"),
        "chunk": (_("Parts of scoring runs"), "analytics", "admin:analytics_scoringrun_changelist"),
    }[kind]
