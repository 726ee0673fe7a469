"""The sidebar of the admin: which pages, in which groups, for whom."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.setup_page import may_set_up
from crm.watch.system_page import may_see_system
from customers.admin.duplicates import open_pairs
from customers.admin.erasures import waiting_erasures
from customers.admin.register_page import MAY_SEE
from services.admin.desk.access import may_work

# group -> entries: (model, icon). Only what the user may see is shown; a model without a page is left out.
Entry = tuple[str, str]
# model -> how many wait there for this user, to be shown beside the entry
BADGES = {"customers.duplicatepair": open_pairs, "customers.erasure": waiting_erasures}


def _groups() -> list[tuple[str, list[Entry]]]:
    return [
        (_("Work"), [("services.ticket", "confirmation_number")]),
        (
            _("Customers"),
            [
                ("customers.customer", "group"),
                ("customers.segment", "filter_alt"),
                ("customers.tag", "sell"),
                ("customers.relation", "hub"),
                ("customers.consent", "verified_user"),
                ("customers.interaction", "forum"),
                ("customers.order", "receipt_long"),
                ("customers.duplicatepair", "join_inner"),
                ("customers.merge", "merge"),
            ],
        ),
        (_("Catalogue"), [("customers.product", "inventory_2"), ("customers.category", "category")]),
        (
            _("Scores and preferences"),
            [
                ("analytics.scoringrun", "monitoring"),
                ("analytics.moverdigest", "trending_down"),
                ("customers.observation", "receipt"),
                ("analytics.scorevalidation", "fact_check"),
                ("analytics.scoremodelversion", "tune"),
                ("analytics.preferencemodelversion", "interests"),
                ("analytics.weightproposal", "model_training"),
                ("analytics.campaignlist", "campaign"),
            ],
        ),
        (
            _("Value and demand"),
            [
                ("analytics.customervalue", "savings"),
                ("analytics.actiondecision", "task_alt"),
                ("analytics.actionrule", "assistant_direction"),
                ("analytics.valuemodel", "calculate"),
                ("analytics.forecast", "insights"),
                ("analytics.marketevent", "event"),
                ("analytics.marketindex", "show_chart"),
            ],
        ),
        (
            _("Reports"),
            [
                ("analytics.dashboard", "dashboard_customize"),
                ("analytics.scheduledreport", "schedule_send"),
            ],
        ),
        (
            _("Behaviour"),
            [
                ("analytics.savedreport", "query_stats"),
                ("analytics.event", "ads_click"),
                ("analytics.eventidentity", "devices"),
                ("analytics.eventsource", "sensors"),
            ],
        ),
        (
            _("Service desk"),
            [
                ("services.queue", "inbox"),
                ("services.slapolicy", "timer"),
                ("services.servicetype", "label"),
                ("services.assignmentrule", "alt_route"),
                ("services.rule", "rule"),
                ("services.rulefiring", "history"),
                ("services.agent", "support_agent"),
                ("services.skill", "school"),
                ("services.satisfactionrating", "star"),
                ("services.calendar", "calendar_month"),
                ("services.mailbox", "mail"),
                ("services.inboundmail", "mark_email_unread"),
                ("services.outboundmail", "outgoing_mail"),
                ("services.mailtemplate", "stylus_note"),
                ("services.webform", "dynamic_form"),
                ("services.webformsubmission", "report"),
                ("services.portalsession", "passkey"),
                ("services.knowledgearticle", "menu_book"),
                ("services.chatwidget", "forum"),
                ("services.macro", "bolt"),
                ("services.deskview", "view_list"),
                ("services.triagemodel", "lightbulb"),
            ],
        ),
        (_("Privacy"), [("customers.erasure", "person_remove"), ("customers.retentionrule", "auto_delete")]),
        (
            _("Settings"),
            [
                ("customers.relationtype", "conversion_path"),
                ("customers.customattribute", "list_alt_add"),
                ("services.ticketattribute", "playlist_add"),
                ("customers.team", "diversity_3"),
                ("customers.user", "person"),
                ("auth.group", "shield_person"),
                ("customers.apitoken", "key"),
                ("customers.session", "devices"),
                ("customers.loginlock", "lock_clock"),
                ("customers.webhook", "webhook"),
                ("customers.webhookdelivery", "outbox"),
                ("services.messagingchannel", "chat"),
                ("customers.importbatch", "upload_file"),
                ("customers.export", "download"),
                ("customers.job", "pending_actions"),
                ("customers.auditentry", "policy"),
                ("customers.datakey", "encrypted"),
                ("customers.backup", "backup"),
            ],
        ),
    ]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of this user: one entry for each page that they may open, and one alone lit up."""
    index = reverse("admin:index")
    groups = []
    for title, entries in _groups():
        items = [entry for entry in (_entry(request, *pair) for pair in entries) if entry]
        groups.append({"title": title, "separator": True, "collapsible": False, "items": items})
    dashboard = {"title": _("Dashboard"), "icon": "space_dashboard", "link": index, "active": request.path == index}
    groups[0]["items"].insert(0, dashboard)  # type: ignore[attr-defined]
    if may_work(request):
        link = reverse("admin:desk")
        desk = {"title": _("Desk"), "icon": "headset_mic", "link": link, "active": request.path.startswith(link)}
        groups[0]["items"].insert(1, desk)  # type: ignore[attr-defined]
    groups[0]["separator"] = False
    if request.user.has_perm("services.view_ticket"):
        report = reverse("admin:service_report")
        groups[0]["items"].append(  # type: ignore[attr-defined]
            {"title": _("Service reports"), "icon": "bar_chart", "link": report, "active": request.path == report}
        )
    if request.user.has_perm(MAY_SEE):
        link = reverse("admin:data_register")
        groups[-2]["items"].append(  # type: ignore[attr-defined]
            {"title": _("Data register"), "icon": "policy", "link": link, "active": request.path == link}
        )
    if may_set_up(request):
        setup = reverse("admin:industry_setup")
        groups[-1]["items"].append(  # type: ignore[attr-defined]
            {"title": _("Set up for your industry"), "icon": "factory", "link": setup, "active": request.path == setup}
        )
    if may_see_system(request):
        link = reverse("admin:system")
        groups[-1]["items"].append(  # type: ignore[attr-defined]
            {
                "title": pgettext("page", "System"),
                "icon": "monitor_heart",
                "link": link,
                "active": request.path == link,
            }
        )
    return [group for group in groups if group["items"]]


def _entry(request: HttpRequest, label: str, icon: str) -> dict[str, Any] | None:
    model = apps.get_model(label)
    page = admin.site._registry.get(model)
    if page is None or not page.has_view_permission(request):
        return None
    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    title = str(model._meta.verbose_name_plural)
    title = title[:1].upper() + title[1:]
    entry = {"title": title, "icon": icon, "link": link, "active": request.path.startswith(link)}
    return entry | {"badge": BADGES[label](request)} if label in BADGES else entry
