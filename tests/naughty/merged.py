"""What `addresses.py` and `formless.py` say, of the pages of mail, rules, webhooks, channels and calls."""

from tests.naughty.formless import ASKS, NO_ADD, SHOWS, STATE
from tests.naughty.push import FIRST

# The row of the world whose key stands in an address that names no model.
ROWS_OF: dict[tuple[str, str], str] = {
    ("desk_call_seen", "pk"): "phonecall",
    ("analytics_dashboard_tile", "tile"): "tile",
    ("desk_mail", "key"): "messagemail",
    ("desk_mail_file", "key"): "messagemail",
}

# What to put into fields that are not filled in and must make sense.
GIVEN: dict[str, dict[str, str]] = {
    "analytics_actionrule_add": {"currency": "EUR"},
    "analytics_campaignlist_add": {"product": FIRST},
    "analytics_scheduledreport_add": {"dashboard": FIRST, "recipients": FIRST},
    "analytics_tile_add": {"dashboard": FIRST, "source": "waiting"},
    "customers_webhook_add": {"url": "https://example.com/"},
    "desk_call": {"number": "+44 20 7946 0999", "name": "Caller", "team": FIRST},
    "services_knowledgearticle_add": {"title_en": "sample", "body_en": "sample"},
    "services_mailtemplate_add": {"event": "reply", "language": "zh-hans", "body": "{message.text}"},
    "services_rule_add": {
        "events": "opened",
        "conditions": '{"all": [], "any": []}',
        "actions": '[{"action": "set_priority", "priority": 4}]',
    },
    "services_rule_change": {"actions": '[{"action": "set_priority", "priority": 4}]'},
}

# Which have no form, with the reason.
FORMLESS: dict[str, str] = {
    **dict.fromkeys(
        [
            "analytics_campaignlist_progress",
            "analytics_dashboard_board",
            "analytics_dashboard_tile",
            "analytics_forecast_staffing",
            "customers_webhookdelivery_change",
            "desk_mail",
            "desk_mail_file",
            "services_inboundmail_raw",
            "services_rule_changelist",
            "services_portalsession_change",
            "services_triagemodel_change",
            "services_webform_preview",
        ],
        SHOWS,
    ),
    **dict.fromkeys(
        [
            "analytics_actiondecision_add",
            "analytics_customervalue_add",
            "analytics_event_add",
            "analytics_eventidentity_add",
            "analytics_forecast_add",
            "analytics_valuemodel_add",
            "customers_webhookdelivery_add",
            "services_inboundmail_add",
            "services_outboundmail_add",
            "services_rulefiring_add",
            "services_articlevote_add",
            "services_portalsession_add",
            "services_webformsubmission_add",
            "services_triagemodel_add",
        ],
        NO_ADD,
    ),
    "services_rule_options": ASKS,
    **dict.fromkeys(
        [
            "customers_webhook_resume",
            "customers_webhookdelivery_replay",
            "analytics_campaignlist_send",
            "analytics_scheduledreport_leave",
            "customers_customer_offer",
            "desk_call_seen",
            "desk_articles",
            "desk_triage",
            "services_knowledgearticle_publish",
            "services_messagingchannel_resume",
        ],
        STATE,
    ),
}
# Forms that scripts send.
OF_SCRIPTS: dict[str, list[list[str]]] = {
    "services_knowledgearticle_preview": [["body"]],
    "services_mailtemplate_preview": [["event", "language", "subject", "body", "ticket"]],
    "services_rule_try": [["name", "events", "schedule", "conditions", "actions", "days"]],
}
REFUSED_AS_IT_STANDS: dict[str, str] = {
    **dict.fromkeys(["services_knowledgearticle_preview", "services_mailtemplate_preview"], "writes nothing"),
    "analytics_scheduledreport_add": "wants a recipient who has an address, and here nobody has",
}
