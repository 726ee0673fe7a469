"""What the addresses of mail, messengers, telephone, rules, triage and webhooks ask for: a part of declared.py."""

from tests.security.matrix.declaring import (
    ANYBODY,
    EVERY_VERB,
    NOBODY,
    OWNER,
    TEAM,
    Declared,
    both,
    only_get,
    only_post,
    pages,
)

MAIL = {
    **pages("services_mailbox", EVERY_VERB),
    "services_mailbox_try": only_post("change_mailbox"),
    **pages("services_mailtemplate", EVERY_VERB),
    "services_mailtemplate_preview": both("view_mailtemplate view_ticket"),
    **pages("services_outboundmail", "", TEAM),
    **pages("services_inboundmail", "", TEAM),
    "services_inboundmail_raw": both("view_inboundmail", TEAM),
    **{f"desk_{page}": both("view_message", TEAM) for page in ("mail", "mail_file")},
}

RULES = {
    **pages("services_rule", EVERY_VERB),
    "services_rule_try": only_post("view_rule view_ticket"),
    "services_rule_options": Declared("view_rule", NOBODY),
    **{f"services_rule_{verb}": only_post("change_rule") for verb in ("move", "switch")},
    **pages("services_rulefiring", "", TEAM),
    **pages("services_triagemodel", ""),
    "desk_triage": only_get("change_ticket", TEAM),
}

TELEPHONE = {
    "desk_call": both("change_ticket add_interaction view_customer"),
    "desk_call_seen": only_post("change_ticket", OWNER),
}

# What a webhook is told is narrowed down by whom it belongs to; whoever may see webhooks sees all of them.
WEBHOOKS = {
    **pages("services_messagingchannel", EVERY_VERB),
    **{
        f"services_messagingchannel_{verb}": Declared(NOBODY, "change_messagingchannel")
        for verb in ("rotate", "resume", "test")
    },
    **pages("customers_webhook", EVERY_VERB),
    **{
        f"customers_webhook_{verb}": Declared(NOBODY, "change_webhook")
        for verb in ("rotate", "ping", "resume", "replay")
    },
    **pages("customers_webhookdelivery", ""),
    "customers_webhookdelivery_change": both("view_webhookdelivery"),
    "customers_webhookdelivery_replay": Declared(NOBODY, "view_webhookdelivery change_webhook"),
}

CHANNELS = {
    "receive-from-channel": only_post(ANYBODY),  # the signature is the authority
    **{f"admin:{page}": declared for part in (MAIL, RULES, TELEPHONE, WEBHOOKS) for page, declared in part.items()},
}
