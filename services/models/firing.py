"""What rules leave behind: the events that they are still to be asked about, and the log of what they did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from services.choices import RuleOutcome
from services.models.rule import Rule
from services.models.ticket import Ticket, TicketEvent
from services.querysets import OfTicketQuerySet


class WaitingEvent(models.Model):
    """An event that rules are still to be asked about. Written in the transaction of the event, deleted in the one in
    which the rules do what they do: so it is done once, and none is passed over (docs/decisions/0032-rules.md)."""

    event = models.OneToOneField(TicketEvent, models.CASCADE, primary_key=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    # The keys of the rules behind the event, the newest last. Empty: a person, a customer or a clock is.
    chain = models.JSONField(default=list)
    # Nobody asks before this: moved on by whoever begins, so that an event that kills workers is not tried for ever.
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = OfTicketQuerySet["WaitingEvent"].as_manager()

    class Meta:
        verbose_name = _("event that rules are asked about")
        verbose_name_plural = _("events that rules are asked about")
        ordering = ["event"]
        indexes = [
            # what is to be asked about now
            models.Index(fields=["due_at", "event"], name="waiting_event_due"),
        ]

    def __str__(self) -> str:
        return str(self.event_id)


class RuleFiring(models.Model):
    """A rule that applied to a ticket: why, and what came of each of its actions. `key` makes it once for an event or
    a wait."""

    rule = models.ForeignKey(Rule, models.SET_NULL, verbose_name=_("rule"), null=True, related_name="firings")
    rule_name = models.CharField(_("name of the rule"), max_length=100)
    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="firings")
    event = models.ForeignKey(
        TicketEvent, models.SET_NULL, verbose_name=_("event"), null=True, blank=True, related_name="+"
    )
    # Of a rule on time: the moment from which its time counted.
    since = models.DateTimeField(_("counted from"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    key = models.CharField(max_length=80, unique=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=7, choices=RuleOutcome)
    # The conditions that were met, as the rule had them then.
    matched = models.JSONField(_("what was met"), default=dict)
    # [{"action": code, "outcome": code, "error": name of an exception}, ...]
    actions = models.JSONField(_("actions"), default=list)
    # The rules behind the event that it was asked about.
    chain = models.JSONField(default=list)
    error = models.CharField(_("error"), max_length=100, blank=True)

    objects = OfTicketQuerySet["RuleFiring"].as_manager()

    class Meta:
        verbose_name = _("rule firing")
        verbose_name_plural = _("rule firings")
        ordering = ["-id"]
        indexes = [
            # how often rules applied to a ticket in the last hour
            models.Index(fields=["ticket", "at"], name="rule_firing_of_ticket"),
            # the log of a rule, newest first
            models.Index(fields=["rule", "-id"], name="rule_firing_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name}: {self.get_outcome_display()}"
