"""One row of everything, all of it North's."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from analytics.choices import ProposalState
from analytics.models import (
    CampaignList,
    Dashboard,
    Event,
    EventIdentity,
    EventSource,
    MarketEvent,
    MarketIndex,
    MoverDigest,
    PreferenceModelVersion,
    SavedReport,
    ScheduledReport,
    ScoreModelVersion,
    Tile,
    WeightProposal,
)
from analytics.operations.ask_for_validation import ask_for_validation
from analytics.operations.draft_version import draft_version
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import record_events
from analytics.operations.record_offer import record_offer
from analytics.operations.start_campaign_list import start_campaign_list
from analytics.operations.start_preview import start_preview
from analytics.operations.state_preference import state_preference
from analytics.operations.write_digests import write_digests
from analytics.operations.write_report import write_report
from analytics.tests.actions import offered_now, valued
from analytics.tests.actions import rule as rule_of_actions
from analytics.tests.demand_shop import forecast_of
from analytics.tests.histories import rating, score_everybody
from customers.choices import PrivacyFlagKind, RetentionKind
from customers.models import (
    AuditEntry,
    Backup,
    Category,
    Customer,
    Erasure,
    Export,
    ImportRow,
    LoginLock,
    PrivacyFlag,
    Product,
    RelationType,
    RetentionRule,
    Session,
    Tag,
    User,
    Webhook,
)
from customers.operations.create_segment import create_segment
from customers.operations.define_attribute import define_attribute
from customers.operations.forget_exports import exports_folder
from customers.operations.issue_token import issue_token
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.observe import observe
from customers.operations.ping_webhook import ping_webhook
from customers.operations.place_order import NewLine, place_order
from customers.operations.record_consent import record_consent
from customers.operations.relate_customers import relate_customers
from customers.operations.start_export import start_export
from customers.operations.start_retention import start_retention
from customers.operations.write_webhook import write_webhook
from services.choices import MailOutcome, MailPurpose, MessageKind
from services.models import (
    AssignmentRule,
    ChatSession,
    ChatWidget,
    DeskView,
    InboundMail,
    KnowledgeArticle,
    Macro,
    Mailbox,
    MailTemplate,
    MessageMail,
    MessagingChannel,
    Notification,
    PhoneCall,
    Queue,
    RatingRequest,
    Rule,
    RuleFiring,
    ServiceType,
    Skill,
    SLAPolicy,
    TicketAttribute,
    WebForm,
    WebFormSubmission,
)
from services.operations.add_note import add_note
from services.operations.attach_file import attach_file
from services.operations.fail_mail import fail_mail
from services.operations.finish_draft import finish_draft
from services.operations.link_tickets import link_tickets
from services.operations.merge_tickets import merge_tickets
from services.operations.open_ticket import open_ticket
from services.operations.publish_article import publish_article
from services.operations.queue_mail import queue_mail
from services.operations.register_call import register_call
from services.operations.store_mail import store_mail
from services.operations.submit_web_form import Filled, submit_web_form
from services.operations.vote_on_article import vote_on_article
from services.operations.write_article import write_article
from services.operations.write_channel import write_channel
from services.operations.write_chat_widget import write_chat_widget
from services.operations.write_desk_view import write_desk_view
from services.operations.write_macro import write_macro
from services.operations.write_mail_template import write_mail_template
from services.operations.write_mailbox import write_mailbox
from services.operations.write_web_form import write_web_form
from tests.cast import NOW
from tests.imports import new_batch
from tests.merging.lives import make_pair

World = dict[str, Any]


MAILBOX = {"name": "Support", "address": "support@example.org", "send_host": "127.0.0.1", "send_security": "none"}


@pytest.fixture
def world(acme: Customer, queue: Queue, ann: User, settings: Any, tmp_path: Path) -> World:
    """Keys by the name that the router gives to a resource."""
    settings.VAR_DIR = tmp_path
    category = Category.objects.create(name="Pumps")
    product = Product.objects.create(sku="P-1", name="Pump", category=category)
    client = RelationType.objects.get(code="client")
    line = NewLine(product=product, unit_price=Decimal(10))
    record_consent(customer=acme, purpose="marketing", is_given=True, at=NOW)
    state_preference(customer=acme, category=category, liking=1, by=ann, at=NOW)
    relation = relate_customers(type=client, from_customer=acme, to_customer=None, at=NOW)
    order = place_order(customer=acme, currency="EUR", lines=[line], at=NOW)
    call = log_interaction(customer=acme, kind="call", direction="inbound", subject="x", author=ann, at=NOW)
    ticket = open_ticket(customer=acme, subject="Leaks", queue=queue, by=ann, at=NOW, body="Help")
    other, gone = (open_ticket(customer=acme, subject="Leaks", queue=queue, by=ann, at=NOW) for _ in range(2))
    ticket_merge = merge_tickets(kept=ticket, gone=gone, by=ann, at=NOW)
    link_tickets(from_ticket=ticket, to_ticket=other, kind="related", by=ann, at=NOW)
    batch = new_batch(acme.team)
    ImportRow.objects.create(batch=batch, kind="customers", file="a.csv", line=2, outcome="created")
    export = start_export(model=Customer, query="", format="csv", by=ann, at=NOW)
    (exports_folder() / export.file).write_text("id\r\n")
    Export.objects.update(rows=0, size=4)
    asked = RatingRequest.objects.create(ticket=ticket, customer=acme, requested_at=NOW, expires_at=NOW)
    rule = AssignmentRule.objects.create(name="All")
    urgent = [{"action": "set_priority", "priority": 4}]
    then = Rule.objects.create(name="All", events=["opened"], conditions={"all": [], "any": []}, actions=urgent)
    fired = RuleFiring.objects.create(rule=then, rule_name="All", ticket=ticket, at=NOW, key="world", outcome="done")
    skill = Skill.objects.create(name="French")
    tag = Tag.objects.create(name="VIP")
    acme.tags.add(tag)
    attribute = define_attribute(name="Size", type="number", at=NOW)
    named = {"fact": "name", "op": "contains", "value": "acme"}
    segment = create_segment(name="Acmes", definition={"groups": [{"conditions": [named]}]}, owner=ann, at=NOW)
    (fact,) = observe(facts=[rating(acme, 1)], at=NOW)
    run = score_everybody()
    validation = ask_for_validation(at=NOW)
    draft = draft_version(model=ScoreModelVersion, parameters={}, label="Draft", by=ann, at=NOW)
    start_preview(version=draft, by=ann, at=NOW)
    taste = draft_version(model=PreferenceModelVersion, parameters={}, label="Draft", by=ann, at=NOW)
    start_preview(version=taste, by=ann, at=NOW)
    weights = dict(taste.parameters["weights"])
    proposal = WeightProposal.objects.create(state=ProposalState.OPEN, weights=weights, created_at=NOW, created_by=ann)
    campaign = CampaignList.objects.create(name="Pumps", product=product, built_by=ann)
    start_campaign_list(campaign=campaign, by=ann, at=NOW)
    record_offer(customer=acme, product=product, outcome="offered", by=ann, at=NOW)
    write_digests(day=NOW.date(), at=NOW)
    value = valued(acme)
    to_do = rule_of_actions("Ask")
    offer = offered_now(acme, to_do)
    MoverDigest.objects.exclude(team=acme.team).delete()
    event = MarketEvent.objects.create(kind="promotion", name="Sale", starts_on=NOW.date(), ends_on=NOW.date())
    expected = forecast_of(ticket.queue)
    note = add_note(ticket=ticket, body="Bring a seal", by=ann, at=NOW)
    file = attach_file(ticket=ticket, kind=MessageKind.NOTE, name="seal.txt", chunks=[b"DN 40"], by=ann, at=NOW)
    finish_draft(message=note, by=ann, files=[file.key])
    macro = write_macro(macro=Macro(), changes={"name": "Thanks", "body": "Thank you."}, by=None, at=NOW)
    thanks = write_article(
        article=KnowledgeArticle(),
        changes={"slug": "thanks", "queue": ticket.queue},
        texts={"en": {"title": "Thank you", "body": "**Thank** you."}},
        at=NOW,
    )
    publish_article(article=thanks, at=NOW)
    vote_on_article(article=thanks, voter="0" * 64, is_helpful=True, language="en", comment="Good", at=NOW)
    mailbox = write_mailbox(mailbox=Mailbox(), changes=MAILBOX | {"queue": ticket.queue}, at=NOW)
    words = {"event": "reply", "language": "en", "body": "{message.text}"}
    template = write_mail_template(template=MailTemplate(), changes=words, at=NOW)
    mail = queue_mail(
        key="world",
        mailbox=mailbox,
        purpose=MailPurpose.REPLY,
        recipient="acme@example.com",
        subject="Pump",
        body="Hi",
        customer=acme,
        message=note,
        at=NOW,
    )
    fail_mail(mail=mail, problem="550 5.1.1", at=NOW)
    question = {"name": "Opened", "kind": "trend", "definition": {"steps": [{"event": "Open"}]}, "is_shared": True}
    report = write_report(report=SavedReport(), changes=question, by=ann, at=NOW)
    board = Dashboard.objects.create(name="Opened", owner=ann, is_shared=True)
    tile, _other = (Tile.objects.create(dashboard=board, source="waiting", place=place) for place in (0, 1))
    monday = ScheduledReport.objects.create(dashboard=board, owner=ann, next_at=NOW)
    monday.recipients.set([ann])
    view = write_desk_view(view=DeskView(), changes={"name": "All"}, by=None, at=NOW)
    told = Notification.objects.create(user=ann, ticket=ticket, kind="assigned", key="world", at=NOW)
    twin, former = (Customer.objects.create(kind="organisation", name="ACME", team=acme.team) for _ in range(2))
    pair = make_pair(acme, twin)
    merge = merge_customers(kept=acme, gone=former, by=ann, at=NOW)
    token, _secret = issue_token(user=ann, name="Warehouse", at=NOW)
    session = Session.objects.create(
        session_key="5e" * 32, user=ann, begun_at=NOW, seen_at=NOW, expire_date=timezone.now() + timedelta(days=1)
    )
    lock = LoginLock.objects.create(kind="name", key=f"user {ann.pk}", user=ann, failures=5, last_failed_at=NOW)
    flag = {"kind": PrivacyFlagKind.HOLD, "is_set": False, "reason": "Settled"}
    PrivacyFlag.objects.create(customer=acme, at=NOW, by=ann, **flag)
    erasure = Erasure.objects.create(customer=acme, reason="By letter", asked_at=NOW, asked_by=ann)
    kept = RetentionRule.objects.get(kind=RetentionKind.JOBS)
    retention = start_retention(rule=kept, is_dry_run=True, by=ann, at=NOW)
    inbound, _new = store_mail(mailbox=mailbox, raw=b"From: a@b.example\r\n\r\nHello", at=NOW)
    InboundMail.objects.update(
        outcome=MailOutcome.MESSAGE, state="done", message=ticket.messages.order_by("pk")[0], ticket=ticket
    )
    first = ticket.messages.order_by("pk")[0]
    beside = MessageMail.objects.create(message=first, html="<p>Help</p>", sender="a@b.example")
    changes = {"name": "Warehouse", "url": "https://example.com/", "events": ["ticket.opened"]}
    webhook, _secret = write_webhook(webhook=Webhook(), changes=changes, by=ann, at=NOW)
    ping_webhook(webhook=webhook, at=NOW)
    messenger = {"name": "Messenger", "url": "https://example.com/", "queue": queue}
    channel = write_channel(channel=MessagingChannel(), changes=messenger, by=ann, at=NOW).channel
    page = {"name": "Contact", "slug": "contact", "queue": ticket.queue}
    form = write_web_form(form=WebForm(), changes=page, at=NOW)
    filled = Filled(key="world", email="li@example.com", body="Buy now", honeypot="x")
    submission = submit_web_form(form=form, filled=filled, at=NOW)
    WebFormSubmission.objects.update(customer=acme)
    ring = register_call(call_id="c1", number="+44 20 7946 0000", at=NOW)
    PhoneCall.objects.update(customer=acme)
    widget = write_chat_widget(widget=ChatWidget(), changes={"name": "Shop", "queue": queue}, at=NOW)
    chat = ChatSession.objects.create(
        widget=widget, digest="d" * 64, ticket=ticket, customer=acme, name="Jo", started_at=NOW, heard_at=NOW
    )
    source = EventSource.objects.create(slug="shop", name="Shop")
    done = NewEvent("1", "Paid", NOW, "u1", "d1", "s1", {"page": "/"}, customer=acme.pk)
    record_events(source=source, events=[done], at=NOW)
    unused = EventSource.objects.create(slug="app", name="App")
    return {
        "actiondecision": offer.pk,
        "actionrule": to_do.pk,
        "agent": ann.agent.pk,
        "apitoken": token.pk,
        "around": acme.pk,
        "backup": Backup.objects.create(name="20260603T010000Z-0123abcd", taken_at=NOW, server="SQLite 3.40").pk,
        "beside": acme.pk,
        "calendar": queue.calendar_id,
        "assignmentrule": rule.pk,
        "attachment": file.pk,
        "auditentry": AuditEntry.objects.order_by("pk")[0].pk,
        "category": category.pk,
        "chatsession": chat.pk,
        "chatwidget": widget.pk,
        "consent": acme.pk,
        "customattribute": attribute.pk,
        "customer": acme.pk,
        "customerscore": acme.pk,
        "customervalue": acme.pk,
        "customerworth": acme.pk,
        "valuemodel": value.model_id,
        "deskticket": ticket.pk,
        "deskview": view.pk,
        "duplicatepair": pair.pk,
        "erasure": erasure.pk,
        "event": str(Event.objects.get().pk),
        "eventidentity": EventIdentity.objects.get(kind="user").pk,
        "eventsource": unused.pk,
        "export": export.pk,
        "importbatch": batch.pk,
        "inboundmail": str(inbound.pk),
        "insight": acme.pk,
        "forecast": expected.pk,
        "interaction": call.pk,
        "knowledgearticle": thanks.pk,
        "loginlock": lock.pk,
        "macro": macro.pk,
        "mailbox": str(mailbox.pk),
        "mailin": str(mailbox.pk),
        "mailtemplate": template.pk,
        "marketevent": event.pk,
        "marketindex": MarketIndex.objects.create(kind="market", on=NOW.date(), value=104).pk,
        "merge": merge.pk,
        "messagemail": str(beside.pk),
        "messagingchannel": channel.pk,
        "moverdigest": MoverDigest.objects.get().pk,
        "notification": told.pk,
        "observation": fact.pk,
        "outboundmail": str(mail.pk),
        "order": order.pk,
        "phonecall": ring.pk,
        "preferencemodelversion": taste.pk,
        "preferenceprofile": acme.pk,
        "privacyflag": acme.pk,
        "product": product.pk,
        "queue": queue.pk,
        "ratingrequest": asked.pk,
        "relation": relation.pk,
        "relationtype": client.pk,
        "retentionrule": kept.pk,
        "retentionrun": retention.pk,
        "webform": form.pk,
        "webformsubmission": str(submission.pk),
        "rule": then.pk,
        "rulefiring": fired.pk,
        "savedreport": report.pk,
        "dashboard": board.pk,
        "tile": tile.pk,
        "scheduledreport": monday.pk,
        "campaignlist": campaign.pk,
        "offer": acme.pk,
        "scoremodelversion": draft.pk,
        "scorevalidation": validation.pk,
        "scoringrun": run.pk,
        "segment": segment.pk,
        "servicetype": ServiceType.objects.get(code="repair").pk,
        "session": session.pk,
        "skill": skill.pk,
        "slapolicy": SLAPolicy.objects.get(name="Standard").pk,
        "statedpreference": acme.pk,
        "tag": tag.pk,
        "ticket": ticket.pk,
        "ticketmerge": ticket_merge.pk,
        "tickettie": ticket.pk,
        "tickettape": ticket.pk,
        "tickettriage": ticket.pk,
        "tickettime": ticket.pk,
        "ticketattribute": TicketAttribute.objects.create(code="serial", name="Serial number").pk,
        "twin": twin.pk,
        "weightproposal": proposal.pk,
        "webhook": webhook.pk,
    }
