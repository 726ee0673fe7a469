"""Who may do what: the five roles, as Django groups. Which rows they may do it to is `visible_to`'s affair."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction

READ = ("view",)
WRITE = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")

CUSTOMER_MODELS = (
    "customer",
    "contactpoint",
    "consent",
    "externalid",
    "relation",
    "interaction",
    "statedpreference",
    "order",
    "orderline",
)
CATALOGUE_MODELS = ("product", "category", "relationtype", "customattribute", "tag")
SEGMENTS = ("segment",)
# Questions about behaviour events, whose answers each gets of the customers that are theirs to see.
BEHAVIOUR = ("savedreport",)
# Whoever may change dashboards and tiles arranges them; whoever may add a scheduled report has them mailed.
BOARDS = ("dashboard", "tile", "scheduledreport")
# Whoever may add a merge may merge; whoever may change one may undo it.
DUPLICATE_MODELS = ("duplicatepair", "merge")
# Whoever may change an observation may leave it out of the score, and take that back; nothing else changes one.
CONTEST = ("view", "change")
# Whoever may have API tokens of their own; those with `view` see the tokens of everybody.
OWN_TOKENS = ("have",)
# Whoever may add an erasure may ask for one and withdraw it; whoever may change one decides.
PRIVACY_MODELS = ("erasure", "privacyflag", "personexport")
RETENTION_MODELS = ("retentionrule", "retentionrun")
PUT_DOWN = ("view", "add")
IMPORT_MODELS = ("importbatch", "importmapping", "importrow", "importstep")
TICKET_MODELS = (
    "ticket",
    "message",
    "ticketevent",
    "satisfactionrating",
    "ratingrequest",
    "ticketlink",
    "ticketmerge",
    "timeentry",
    "attachment",
    "escalation",
)
# What rules did: nobody writes it.
FIRINGS = ("rulefiring",)
DESK_MODELS = (
    "queue",
    "calendar",
    "holiday",
    "servicetype",
    "slapolicy",
    "slatarget",
    "agent",
    "skill",
    "assignmentrule",
    "escalationstep",
    "ticketattribute",
    "triagemodel",
    "mailtemplate",
    "webform",
)
# Mailboxes hold secrets: administrators set them up. Outbound mail is written by verbs alone.
MAIL_MODELS = ("mailbox", "outboundmail")
# Whoever may add one may hand mail over by the API; whoever may change one may have it filed again.
MAIL_IN = ("inboundmail",)
# What came in by web forms: whoever may change one decides on what is held.
SUBMISSIONS = ("webformsubmission",)
# Who is logged in to the portal: whoever may delete one may log customers out.
PORTAL = ("portalsession",)
# Administrators set up where a chat may stand; what is said in it are tickets.
CHAT_MODELS = ("chatwidget", "chatsession")
RULES = ("rule",)
# The knowledge base: whoever may change an article may publish it. Votes are their readers'.
ARTICLES = ("knowledgearticle",)
VOTES = ("articlevote",)
# What agents make for themselves.
DESK_TOOLS = ("macro", "deskview")
# Where programs are told what happens, and what was sent to them.
WEBHOOKS = ("webhook", "webhookdelivery", "messagingchannel")
# Whoever may add an event may send them; whoever may change an identity may say who it is.
EVENT_MODELS = ("event", "eventname", "eventidentity", "eventsource")
# What is offered in a conversation, and whom campaigns are written to.
OFFERS = ("offer",)
CAMPAIGNS = ("campaignlist", "campaignmember")
SCORE_MODELS = (
    "customerscore",
    "scoresnapshot",
    "moverdigest",
    "preferenceprofile",
    "scoringrun",
    "scoringchunk",
    "scoremodelversion",
    "preferencemodelversion",
    "weightproposal",
    "versionevent",
    "versionpreview",
    "preferencepreview",
    "scorevalidation",
    "relationeffect",
    "contactrisk",
    "customervalue",
    "valuemodel",
)
# Next best actions: whoever may add a decision may put down that an action was done, or why not.
ACTION_RULES = ("actionrule",)
ACTIONS = ("actiondecision",)
# Demand of the whole company, and what staff know of the market.
FORECASTS = ("forecast", "forecastrun", "backtest")
MARKET = ("marketevent", "marketindex")

# role -> models -> what may be done with them
ROLES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "Agent": {
        CUSTOMER_MODELS: WRITE,
        CATALOGUE_MODELS + DESK_MODELS + RULES + FIRINGS + SCORE_MODELS + MAIL_MODELS + CHAT_MODELS: READ,
        ARTICLES + VOTES: READ,
        TICKET_MODELS: WRITE,
        SEGMENTS + DESK_TOOLS: ALL,
        (*DUPLICATE_MODELS, *BEHAVIOUR, *BOARDS, "team"): READ,
        ("observation",): CONTEST,
        ("privacyflag",): PUT_DOWN,
        MAIL_IN: READ,
        SUBMISSIONS: ("view", "change"),
        PORTAL: READ,
        ("phonecall",): READ,
        EVENT_MODELS: READ,
        ACTION_RULES: READ,
        ACTIONS: PUT_DOWN,
        OFFERS: PUT_DOWN,
    },
    "Lead": {
        CUSTOMER_MODELS + TICKET_MODELS + DUPLICATE_MODELS: WRITE,
        (*SEGMENTS, *BEHAVIOUR, *BOARDS, *DESK_TOOLS, "export"): ALL,
        ("apitoken",): OWN_TOKENS,
        ("job",): READ,
        CATALOGUE_MODELS + SCORE_MODELS + FIRINGS + MAIL_MODELS + CHAT_MODELS + FORECASTS + MARKET: READ,
        DESK_MODELS: WRITE,
        RULES + ARTICLES: ALL,
        VOTES: READ,
        MAIL_IN: ("view", "change"),
        SUBMISSIONS: ("view", "change"),
        PORTAL: ("view", "delete"),
        ("observation",): CONTEST,
        ("team", "erasure"): READ,
        ("privacyflag", "phonecall", *OFFERS): PUT_DOWN,
        EVENT_MODELS: READ,
        ACTION_RULES: READ,
        ACTIONS: PUT_DOWN,
        CAMPAIGNS: READ,
    },
    "Back office": {
        CUSTOMER_MODELS + CATALOGUE_MODELS + SEGMENTS + BEHAVIOUR + ARTICLES + (*RULES, "export"): ALL,
        VOTES + BOARDS: READ,
        DUPLICATE_MODELS + IMPORT_MODELS: WRITE,
        TICKET_MODELS + DESK_MODELS + SCORE_MODELS + FIRINGS + MAIL_MODELS + CHAT_MODELS: READ,
        PORTAL: ("view", "delete"),
        FORECASTS: READ,
        MARKET: ALL,
        ("observation",): CONTEST,
        ("apitoken",): OWN_TOKENS,
        PRIVACY_MODELS + OFFERS: PUT_DOWN,
        CAMPAIGNS: ALL,
        ("team", "job", *RETENTION_MODELS): READ,
        ("event",): PUT_DOWN,
        ("eventname",): READ,
        ("eventidentity",): ("view", "change"),
        ("eventsource",): ALL,
        ACTION_RULES: WRITE,
        ACTIONS: PUT_DOWN,
    },
    "Analyst": {
        CUSTOMER_MODELS + CATALOGUE_MODELS + TICKET_MODELS + DESK_MODELS + SCORE_MODELS + DUPLICATE_MODELS: READ,
        MAIL_MODELS + CHAT_MODELS: READ,
        (*SEGMENTS, *BEHAVIOUR, *BOARDS, "export"): ALL,
        RULES + FIRINGS + ARTICLES + VOTES + ACTION_RULES + ACTIONS + OFFERS + CAMPAIGNS: READ,
        ("scorevalidation", "forecast"): ("add",),
        FORECASTS: READ,
        MARKET: ALL,
        ("apitoken",): OWN_TOKENS,
        ("observation", "team", "job", "privacyflag", *RETENTION_MODELS): READ,
        EVENT_MODELS: READ,
    },
    "Administrator": {
        CUSTOMER_MODELS + CATALOGUE_MODELS + TICKET_MODELS + DESK_MODELS + SCORE_MODELS + SEGMENTS + DESK_TOOLS: ALL,
        ("mailbox",): ALL,
        ("outboundmail", "chatsession"): READ,
        ("chatwidget",): ALL,
        FORECASTS: READ,
        ("forecast",): ("add",),
        MARKET: ALL,
        DUPLICATE_MODELS + IMPORT_MODELS: WRITE,
        (*RULES, *ARTICLES, *BEHAVIOUR, *BOARDS, "export"): ALL,
        FIRINGS + VOTES: READ,
        MAIL_IN: WRITE,
        SUBMISSIONS: ("view", "change"),
        PORTAL: ("view", "delete"),
        ("observation",): CONTEST,
        PRIVACY_MODELS + OFFERS: PUT_DOWN,
        CAMPAIGNS: ALL,
        ("erasure",): ("view", "add", "change"),
        ("retentionrule",): ("view", "change"),
        ("retentionrun",): PUT_DOWN,
        ("job",): ("view", "change"),
        ("team", "user", "group", "apitoken"): ALL,
        ("apitoken",): OWN_TOKENS,
        ("session", "loginlock"): ("view", "delete"),
        ("auditentry",): READ,
        WEBHOOKS: ALL,
        ("phonecall",): PUT_DOWN,
        ("event",): PUT_DOWN,
        ("eventname",): READ,
        ("eventidentity",): ("view", "change"),
        ("eventsource",): ALL,
        ("datakey",): ("view", "change"),
        ("backup",): PUT_DOWN,
        ACTION_RULES: ALL,
        ACTIONS: PUT_DOWN,
    },
}
SEES_ALL_TEAMS = ("Analyst", "Administrator")
OUR_APPS = ("customers", "services", "analytics", "auth")


def prepare_roles(**signal: Any) -> None:
    """Make the groups with their permissions where they are missing, after each migrate. A group that exists is left
    as staff set it, but for the models of a new release: those that no group may do anything with yet."""
    if Group._meta.db_table not in connection.introspection.table_names():
        return
    by_codename = {p.codename: p for p in Permission.objects.filter(content_type__app_label__in=OUR_APPS)}
    old = set(
        Permission.objects.filter(group__name__in=ROLES, content_type__app_label__in=OUR_APPS).values_list(
            "content_type__model", flat=True
        )
    )
    for role, grants in ROLES.items():
        with transaction.atomic():
            group, made = Group.objects.get_or_create(name=role)
            wanted = {
                f"{verb}_{model}"
                for models, verbs in grants.items()
                for model in models
                for verb in verbs
                if made or model not in old
            }
            if made and role in SEES_ALL_TEAMS:
                wanted.add("see_all_teams")
            # What a later migration brings is not there yet, where somebody migrates up to a step only.
            if there := sorted(wanted & by_codename.keys()):
                group.permissions.add(*(by_codename[codename] for codename in there))
