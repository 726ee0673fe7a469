"""The API's table of contents: every viewset under /api/v1/ is registered here."""

from rest_framework.routers import DefaultRouter

from analytics.api.actions import ActionDecisionViewSet, ActionRuleViewSet
from analytics.api.behaviour_reports import SavedReportViewSet
from analytics.api.beside import BesideViewSet
from analytics.api.campaigns import CampaignListViewSet
from analytics.api.dashboards import DashboardViewSet, TileViewSet
from analytics.api.digests import DigestViewSet
from analytics.api.event_sources import EventIdentityViewSet, EventSourceViewSet
from analytics.api.events import EventViewSet
from analytics.api.forecasts import ForecastViewSet, MarketEventViewSet, MarketIndexViewSet
from analytics.api.insights import InsightViewSet
from analytics.api.offers import OffersOfCustomerViewSet
from analytics.api.preference_versions import PreferenceVersionViewSet
from analytics.api.proposals import ProposalViewSet
from analytics.api.reports import ReportViewSet
from analytics.api.runs import RunViewSet
from analytics.api.scheduled_reports import ScheduledReportViewSet
from analytics.api.scores import PreferenceViewSet, ScoreViewSet
from analytics.api.stated import StatedPreferencesOfCustomerViewSet
from analytics.api.validations import ValidationViewSet
from analytics.api.values import CustomerValueViewSet, ValueOfCustomerViewSet
from analytics.api.versions import ScoreVersionViewSet
from customers.api.around import AroundViewSet
from customers.api.attributes import CustomAttributeViewSet
from customers.api.audit import AuditEntryViewSet
from customers.api.backups import BackupViewSet
from customers.api.catalogue import CategoryViewSet, ProductViewSet
from customers.api.consents import ConsentsOfCustomerViewSet
from customers.api.customers import CustomerViewSet
from customers.api.duplicates import DuplicateViewSet
from customers.api.erasures import ErasureViewSet
from customers.api.exports import ExportViewSet
from customers.api.imports import ImportBatchViewSet
from customers.api.interactions import InteractionViewSet
from customers.api.merges import MergeViewSet
from customers.api.observations import ObservationViewSet
from customers.api.orders import OrderViewSet
from customers.api.privacy import PrivacyOfCustomerViewSet
from customers.api.relations import RelationTypeViewSet, RelationViewSet
from customers.api.retention import RetentionRuleViewSet, RetentionRunViewSet
from customers.api.segments import SegmentViewSet
from customers.api.sessions import LoginLockViewSet, SessionViewSet
from customers.api.tags import TagViewSet
from customers.api.tokens import ApiTokenViewSet
from customers.api.webhooks import WebhookViewSet
from services.api.articles import ArticleViewSet
from services.api.assignment import AgentViewSet, AssignmentRuleViewSet, SkillViewSet
from services.api.calendars import CalendarViewSet
from services.api.calls import CallViewSet
from services.api.channels import ChannelViewSet
from services.api.chats import ChatSessionViewSet, ChatWidgetViewSet
from services.api.desk import QueueViewSet, ServiceTypeViewSet, TicketAttributeViewSet
from services.api.desk_tickets import AttachmentViewSet, DeskTicketViewSet
from services.api.desk_tools import DeskViewViewSet, MacroViewSet
from services.api.mail import MailboxViewSet, MailTemplateViewSet, OutboundMailViewSet
from services.api.mail_in import InboundMailViewSet, MailInViewSet
from services.api.notifications import NotificationViewSet
from services.api.rating_requests import RatingRequestViewSet
from services.api.rules import RuleFiringViewSet, RuleViewSet
from services.api.sla_policies import SLAPolicyViewSet
from services.api.ticket_tape import TicketTapeViewSet
from services.api.ticket_ties import TicketMergeViewSet, TicketTiesViewSet
from services.api.ticket_time import TicketTimeViewSet
from services.api.tickets import TicketViewSet
from services.api.triage import TicketTriageViewSet
from services.api.web_forms import SubmissionViewSet, WebFormViewSet


class Router(DefaultRouter):
    """JSON only, so no addresses with a format at the end."""

    include_format_suffixes = False


router = Router(use_regex_path=False)
router.register("customers", InsightViewSet, basename="insight")  # before the one that the root lists by this prefix
router.register("customers", BesideViewSet, basename="beside")
router.register("customers", AroundViewSet, basename="around")
router.register("customers", ConsentsOfCustomerViewSet, basename="consent")
router.register("customers", PrivacyOfCustomerViewSet, basename="privacyflag")
router.register("customers", StatedPreferencesOfCustomerViewSet, basename="statedpreference")
router.register("customers", ValueOfCustomerViewSet, basename="customerworth")
router.register("customers", OffersOfCustomerViewSet, basename="offer")
router.register("customers", CustomerViewSet)
router.register("duplicates", DuplicateViewSet)
router.register("merges", MergeViewSet)
router.register("relations", RelationViewSet)
router.register("relation-types", RelationTypeViewSet)
router.register("attributes", CustomAttributeViewSet)
router.register("tags", TagViewSet)
router.register("tokens", ApiTokenViewSet)
router.register("sessions", SessionViewSet)
router.register("login-locks", LoginLockViewSet)
router.register("segments", SegmentViewSet)
router.register("products", ProductViewSet)
router.register("categories", CategoryViewSet)
router.register("orders", OrderViewSet)
router.register("interactions", InteractionViewSet)
router.register("observations", ObservationViewSet)
router.register("webhooks", WebhookViewSet)
router.register("exports", ExportViewSet)
router.register("imports", ImportBatchViewSet)
router.register("audit", AuditEntryViewSet)
router.register("erasures", ErasureViewSet)
router.register("backups", BackupViewSet)
router.register("retention-rules", RetentionRuleViewSet)
router.register("retention-runs", RetentionRunViewSet)
router.register("tickets", TicketTapeViewSet, basename="tickettape")
router.register("tickets", TicketTriageViewSet, basename="tickettriage")
router.register("tickets", TicketTimeViewSet, basename="tickettime")
router.register("tickets", TicketTiesViewSet, basename="tickettie")
router.register("tickets", DeskTicketViewSet, basename="deskticket")  # before the one that the root lists
router.register("tickets", TicketViewSet)
router.register("ticket-merges", TicketMergeViewSet)
router.register("attachments", AttachmentViewSet)
router.register("macros", MacroViewSet)
router.register("desk-views", DeskViewViewSet)
router.register("articles", ArticleViewSet)
router.register("mailboxes", MailboxViewSet)
router.register("mail-templates", MailTemplateViewSet)
router.register("outbound-mails", OutboundMailViewSet)
router.register("notifications", NotificationViewSet)
router.register("mailboxes", MailInViewSet, basename="mailin")
router.register("inbound-mails", InboundMailViewSet)
router.register("calls", CallViewSet)
router.register("messaging-channels", ChannelViewSet)
router.register("web-forms", WebFormViewSet)
router.register("web-form-submissions", SubmissionViewSet)
router.register("chat-widgets", ChatWidgetViewSet)
router.register("chat-sessions", ChatSessionViewSet)
router.register("queues", QueueViewSet)
router.register("calendars", CalendarViewSet)
router.register("sla-policies", SLAPolicyViewSet)
router.register("service-types", ServiceTypeViewSet)
router.register("assignment-rules", AssignmentRuleViewSet)
router.register("rules", RuleViewSet)
router.register("rule-firings", RuleFiringViewSet)
router.register("skills", SkillViewSet)
router.register("agents", AgentViewSet)
router.register("rating-requests", RatingRequestViewSet)
router.register("ticket-attributes", TicketAttributeViewSet)
router.register("behaviour-reports", SavedReportViewSet)
router.register("dashboards", DashboardViewSet)
router.register("tiles", TileViewSet)
router.register("scheduled-reports", ScheduledReportViewSet)
router.register("scores", ScoreViewSet)
router.register("score-versions", ScoreVersionViewSet)
router.register("digests", DigestViewSet)
router.register("preferences", PreferenceViewSet)
router.register("customer-values", CustomerValueViewSet)
router.register("action-rules", ActionRuleViewSet)
router.register("action-decisions", ActionDecisionViewSet)
router.register("preference-versions", PreferenceVersionViewSet)
router.register("campaign-lists", CampaignListViewSet)
router.register("weight-proposals", ProposalViewSet)
router.register("scoring-runs", RunViewSet)
router.register("score-validations", ValidationViewSet)
router.register("events", EventViewSet)
router.register("event-sources", EventSourceViewSet)
router.register("event-identities", EventIdentityViewSet)
router.register("forecasts", ForecastViewSet)
router.register("market-events", MarketEventViewSet)
router.register("market-indexes", MarketIndexViewSet)
router.register("reports", ReportViewSet, basename="report")
