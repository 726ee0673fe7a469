"""A row for every address: those of the API's world, all of it North's, and what only the admin shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from analytics.models import Dashboard, PreferenceModelVersion, SavedReport, ScheduledReport, ScoreModelVersion, Tile
from customers.models import (
    ApiToken,
    Consent,
    Customer,
    DataKey,
    Export,
    ImportBatch,
    Interaction,
    Job,
    LoginLock,
    Segment,
    Session,
    User,
    WebhookDelivery,
)
from customers.operations.forget_exports import exports_folder
from services.choices import TriageTarget
from services.models import (
    ArticleVote,
    ChatWidget,
    DeskView,
    InboundMail,
    Macro,
    MessageMail,
    MessagingChannel,
    Notification,
    OutboundMail,
    PhoneCall,
    PortalSession,
    RuleFiring,
    SatisfactionRating,
    Ticket,
    TriageModel,
    WebFormSubmission,
)
from services.models import Attachment as File
from services.operations.learn_triage import first_bodies, first_words
from services.triage.similar import index
from tests.api.world import World
from tests.cast import NOW
from tests.security.matrix.declared_chat import CHAT

Rows = dict[str, Any]

# What stands in North's rows and nowhere else: on no page of somebody who may see none of them.
MARKS = ("Acme Pumps", "ACME", "Leaks", "Bring a seal", "seal.txt", "Quagga")


@pytest.fixture
def rows(world: World, ann: User) -> Rows:
    """Keys by the name of a model, or by page and argument where that is another row."""
    acme = Customer.objects.get(pk=world["customer"])
    ticket = Ticket.objects.get(pk=world["ticket"])
    Interaction.objects.update(subject="Quagga")
    Segment.objects.update(name="Quagga", owner=ann, is_shared=False)
    Macro.objects.update(name="Quagga", team=acme.team)
    DeskView.objects.update(name="Quagga", owner=ann)
    SavedReport.objects.update(name="Quagga", owner=ann, is_shared=False)
    Dashboard.objects.update(name="Quagga", owner=ann, is_shared=False)
    Tile.objects.update(title="Quagga")
    rated = SatisfactionRating.objects.create(customer=acme, ticket=ticket, value=4, comment="Quagga", at=NOW)
    job = Job.objects.filter(created_by=ann).order_by("pk")[0]
    lock = LoginLock.objects.create(kind="user", key=f"user {ann.pk}", user=ann, failures=1, last_failed_at=NOW)
    later = NOW + timedelta(days=365 * 90)
    session = Session.objects.create(session_key="5" * 64, user=ann, expire_date=later, begun_at=NOW, seen_at=NOW)
    report = settings.VAR_DIR / "report.csv"
    report.write_text("Quagga")
    ImportBatch.objects.update(report_path=str(report))
    file = File.objects.get(pk=world["attachment"])
    segment = Segment.objects.get(pk=world["segment"])
    # What a version says of a segment is its own: it is read by whoever may read the version.
    line = [{"segment": segment.pk, "name": "Large", "definition": segment.definition, "parameters": {}}]
    for model in (ScoreModelVersion, PreferenceModelVersion):
        model.objects.filter(state="draft").update(overrides=line)
    mails: list[Any] = [*OutboundMail.objects.all(), *InboundMail.objects.all()]
    for mail in mails:
        mail.subject = "Quagga"
        mail.save()
    RuleFiring.objects.update(error="Quagga")
    call = PhoneCall.objects.get(pk=world["phonecall"])
    call.number = "Quagga"
    call.save()
    call.notifications.exclude(user=ann).delete()  # while nobody knew whose the number is, all were told
    for held in WebFormSubmission.objects.all():
        held.subject = "Quagga"
        held.save()
    begun = timezone.now()
    logged_in = PortalSession.objects.create(digest="5e", email_index="x", customer=acme, begun_at=begun, seen_at=begun)
    came: Any = InboundMail.objects.get(pk=world["inboundmail"])
    beside = MessageMail.objects.get(message=came.message)
    beside.html, beside.folded = "<p>Quagga</p>", "Quagga"
    beside.save()
    return {
        **world,
        "analytics_dashboard_tile tile": world["tile"],
        "webhookdelivery": WebhookDelivery.objects.order_by("pk")[0].pk,
        "triagemodel": learned().pk,
        "receive-from-channel key": MessagingChannel.objects.get(pk=world["messagingchannel"]).key,
        "help-article slug": "thanks",
        "articlevote": ArticleVote.objects.get().pk,
        **{f"{address} key": ChatWidget.objects.get(pk=world["chatwidget"]).key for address in CHAT},
        "chat-file file": came.pk,
        "desk_mail key": beside.pk,
        "desk_mail_file key": beside.pk,
        "desk_call_seen pk": world["notification"],
        "services_rule_switch way": "off",
        "portalsession": str(logged_in.pk),
        "slug": "contact",
        "number": ticket.number,
        "portal-file key": file.key,
        "user": ann.pk,
        "group": Group.objects.get(name="Agent").pk,
        "team": acme.team_id,
        "job": job.pk,
        "datakey": DataKey.objects.order_by("pk")[0].pk,
        "loginlock": lock.pk,
        "session": session.pk,
        "satisfactionrating": rated.pk,
        "consent": Consent.objects.get(customer=acme).pk,
        "fact": world["observation"],
        "relation_pk": world["relation"],
        "one": acme.pk,
        "other": world["twin"],
        "content_type_id": ContentType.objects.get_for_model(Customer).pk,
        "view_on_site object_id": acme.pk,
        "desk_file key": file.key,
        "desk_detach key": file.key,
        "desk_macro key": world["macro"],
    }


def learned() -> TriageModel:
    """What the desk finds similar tickets by, as of all that there are. A process keeps it by its moment."""
    tickets = Ticket.objects.order_by("pk")
    keys = [ticket.pk for ticket in tickets]
    bodies = first_bodies(keys)
    content = index(keys, [first_words(one.subject, bodies.get(one.pk, "")) for one in tickets]).to_bytes()
    values = {"learned_at": timezone.now(), "tickets": len(keys), "content": content}
    return TriageModel.objects.update_or_create(target=TriageTarget.SIMILAR, defaults=values)[0]


def give_all_to(user: User) -> None:
    """All that can be somebody's own is this user's, whatever their team."""
    for export in Export.objects.all():
        # What an administrator forgot for the time of a request is gone from the disk for good.
        (exports_folder() / export.file).write_text("id\r\n")
    Customer.objects.update(owner=user)
    Ticket.objects.update(assignee=user.agent)
    ImportBatch.objects.update(started_by=user)
    owned: Any = (Export, Segment, DeskView, SavedReport, Dashboard, ScheduledReport)
    for model in owned:
        model.objects.update(owner=user)
    Macro.objects.update(owner=user, team=None)
    Job.objects.update(created_by=user)
    Notification.objects.update(user=user)
    accounts: Any = (ApiToken, Session)
    for account in accounts:
        account.objects.filter(user__username="ann").update(user=user)
