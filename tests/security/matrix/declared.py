"""What every address asks for, and whose rows it shows. An address that is not here fails: say what it asks for.

A row says for GET and for POST which permissions are needed, all of them, as codenames: "view_order change_order".
Beside them: STAFF, who is logged in; ANYBODY; BY_TOKEN, a machine with a token of its own; NOBODY, whoever it is;
WRONG, the address does not answer the method."""

from dataclasses import replace

from tests.security.matrix.declared_articles import ARTICLES
from tests.security.matrix.declared_behaviour import BEHAVIOUR
from tests.security.matrix.declared_boards import BOARDS
from tests.security.matrix.declared_channels import CHANNELS
from tests.security.matrix.declared_chat import CHAT
from tests.security.matrix.declared_demand import DEMAND
from tests.security.matrix.declared_events import EVENTS
from tests.security.matrix.declared_portal import PORTAL
from tests.security.matrix.declared_value import VALUE
from tests.security.matrix.declaring import (
    ANYBODY,
    BY_TOKEN,
    EVERY_VERB,
    NOBODY,
    OWNER,
    STAFF,
    TEAM,
    WRONG,
    Declared,
    Sight,
    both,
    export,
    only_get,
    only_post,
    pages,
)

# The site, the way in, one's own account.
SITE = {
    **dict.fromkeys(("home", "set_language", "rate", "admin:login", "admin:second_step"), both(ANYBODY)),
    **dict.fromkeys(("health", "health-live", "health-ready", "health-all"), only_get(ANYBODY)),
    **dict.fromkeys(("schema", "admin:sso", "admin:sso_callback"), only_get(ANYBODY)),
    "metrics": only_get(BY_TOKEN),
    "api-docs": only_get(ANYBODY),
    "api-root": only_get(STAFF),
    **{f"admin:{page}": both(STAFF) for page in ("index", "search", "two_step", "own_sessions", "password_change")},
    **{f"admin:{page}": only_get(STAFF) for page in ("password_change_done", "jsi18n")},
    "admin:autocomplete": only_get("view_customer"),  # of a field that names customers, as the sample has it
    "admin:logout": only_post(ANYBODY),
    "admin:own_tokens": both("have_apitoken"),
    "admin:app_list": both("view_customer"),  # of customers, as the sample has it; of each app to who sees one of its
    "admin:view_on_site": both(NOBODY),  # no model has pages outside the admin
    "admin:industry_setup": both(
        "add_relationtype add_customattribute add_queue add_servicetype "
        "add_scoremodelversion add_preferencemodelversion"
    ),
    "admin:data_register": both("view_retentionrule"),
    "admin:service_report": both("view_ticket"),
    "admin:system": only_get("view_datakey"),
}

DESK = {
    **{f"desk{page}": only_get("change_ticket") for page in ("", "_views", "_list", "_pulse")},
    "desk_bell": both("change_ticket"),
    "desk_file": both("view_attachment", TEAM),
    **{f"desk_{page}": only_get("change_ticket", TEAM) for page in ("ticket", "customer", "macros")},
    "desk_macro": both("change_ticket", TEAM),
    **{f"desk_{verb}": only_post("change_ticket add_message", TEAM) for verb in ("reply", "note", "draft", "attach")},
    **{f"desk_{verb}": only_post("change_ticket", TEAM) for verb in ("do", "detach", "presence")},
}

CUSTOMERS = {
    **pages("customers_customer", EVERY_VERB, TEAM),
    **export("customers_customer"),
    **{f"customers_customer_{page}": both("view_customer", TEAM) for page in ("page", "timeline", "others")},
    "customers_customer_why": both("view_customer view_customerscore", TEAM),
    "customers_customer_preferences": Declared(
        "view_customer view_preferenceprofile", "view_customer view_preferenceprofile add_statedpreference", TEAM
    ),
    "customers_customer_offer": only_post("view_customer view_preferenceprofile add_offer", TEAM),
    **{f"customers_customer_{verb}": both("view_customer change_observation", TEAM) for verb in ("exclude", "readmit")},
    "customers_customer_merge": both("change_customer add_merge", TEAM),
    "customers_customer_tags": both("change_customer", TEAM),
    "customers_customer_tag_names": both("view_customer"),
    "customers_customer_log": both("view_customer add_interaction", TEAM),
    "customers_customer_consent": both("view_customer add_consent", TEAM),
    "customers_customer_relation_add": both("view_customer add_relation", TEAM),
    **{
        f"customers_customer_{page}": both("view_customer change_relation", TEAM)
        for page in ("relation", "relation_end", "relation_succeed")
    },
    "customers_customer_privacy": both("view_customer view_privacyflag", TEAM),
    **{
        f"customers_customer_privacy_{verb}": Declared(NOBODY, f"view_customer {needs}", TEAM)
        for verb, needs in (
            ("flag", "add_privacyflag"),
            ("marketing", "add_consent"),
            ("export", "add_personexport"),
            ("erasure", "add_erasure"),
        )
    },
    **pages("customers_interaction", EVERY_VERB, TEAM),
    **export("customers_interaction"),
    **pages("customers_relation", EVERY_VERB, TEAM),
    **export("customers_relation"),
    **pages("customers_consent", "", TEAM),
    **pages("customers_order", "", TEAM),
    **export("customers_order"),
    "customers_order_deliver": both("change_order", TEAM),
    **pages("customers_duplicatepair", "", TEAM),
    "customers_duplicatepair_change": both("view_duplicatepair", TEAM),
    "customers_duplicatepair_decide": only_post("change_duplicatepair change_customer", TEAM),
    **pages("customers_merge", "", TEAM),
    "customers_merge_change": both("view_merge", TEAM),
    "customers_merge_undo": both("change_merge change_customer", TEAM),
    "customers_merge_compare": Declared("view_customer", "add_merge change_customer", TEAM),
    **pages("customers_observation", "", TEAM),
}

# What is brought in, taken out, kept and forgotten.
DATA = {
    **pages("customers_importbatch", "add", TEAM),
    "customers_importbatch_change": only_get("view_importbatch", TEAM),
    **{f"customers_importbatch_{page}": both("view_importbatch", TEAM) for page in ("progress", "report")},
    "customers_importbatch_undo": both("change_importbatch", TEAM),
    **{
        f"customers_importbatch_{verb}": only_post("add_importbatch", Sight.STARTER_ALONE)
        for verb in ("map", "start", "back", "discard")
    },
    **pages("customers_export", "", OWNER),
    "customers_export_change": only_get("view_export", OWNER),
    **{f"customers_export_{page}": both("view_export", OWNER) for page in ("progress", "download")},
    **pages("customers_job", "", Sight.STARTER),
    "customers_job_progress": both("view_job", Sight.STARTER),
    "customers_job_stop": Declared(WRONG, "change_job", Sight.STARTER, own=STAFF),
    **pages("customers_erasure", "", TEAM),
    "customers_erasure_change": both("view_erasure", TEAM),
    **{f"customers_erasure_{verb}": Declared(NOBODY, "change_erasure", TEAM) for verb in ("approve", "refuse")},
    "customers_erasure_withdraw": Declared(NOBODY, "add_erasure", TEAM),
    **pages("customers_retentionrule", "change"),
    **{f"customers_retentionrule_{verb}": Declared(NOBODY, "add_retentionrun") for verb in ("report", "run")},
    **pages("customers_retentionrun", ""),
    "customers_retentionrun_change": both("view_retentionrun"),
    "customers_retentionrun_progress": both("view_retentionrun"),
    **pages("customers_segment", EVERY_VERB, OWNER),
    **{f"customers_segment_{page}": Declared(NOBODY, "view_segment view_customer") for page in ("builder", "preview")},
    "customers_segment_options": Declared("view_segment view_customer", NOBODY),
    "customers_segment_count": both("view_segment view_customer", OWNER),
}

CATALOGUE = {
    **{
        page: declared
        for model in ("category", "product", "customattribute", "relationtype", "tag", "team")
        for page, declared in pages(f"customers_{model}", EVERY_VERB).items()
    },
    **export("customers_category"),
    **export("customers_product"),
    **{
        page: declared
        for model in ("agent", "skill", "assignmentrule", "calendar", "queue", "servicetype", "ticketattribute")
        for page, declared in pages(f"services_{model}", EVERY_VERB).items()
    },
    **pages("services_slapolicy", "add change"),
    "services_slapolicy_recompute": both("change_slapolicy"),
    "services_agent_away": both("view_agent change_agent"),
    "services_assignmentrule_try": both("view_assignmentrule view_ticket"),
    "services_assignmentrule_move": only_post("change_assignmentrule"),
    "services_calendar_holidays": both("change_calendar"),
}

# Who works here, and what they did.
STAFF_PAGES = {
    **pages("customers_user", EVERY_VERB),
    "customers_user_reset_two_steps": only_post("change_user"),
    "customers_user_end_sessions": only_post("change_user"),
    "auth_user_password_change": both("change_user"),
    **pages("auth_group", EVERY_VERB),
    **pages("customers_apitoken", "add", Sight.ACCOUNT),
    **pages("customers_session", "", Sight.ACCOUNT),
    **pages("customers_loginlock", ""),
    **pages("customers_auditentry", ""),
    "customers_datakey_changelist": only_get("view_datakey"),
    "customers_datakey_rotate": only_post("change_datakey"),
    "customers_backup_changelist": only_get("view_backup"),
    **{f"customers_backup_{verb}": only_post("add_backup") for verb in ("make", "verify")},
}

TICKETS = {
    **pages("services_ticket", "add", TEAM),
    "services_ticket_change": only_get("view_ticket", TEAM),
    **export("services_ticket"),
    "services_ticket_edit": Declared("view_ticket", "change_ticket", TEAM),
    "services_ticket_customer": only_get("view_ticket", TEAM),
    "services_ticket_do": only_post("change_ticket", TEAM),
    **pages("services_ratingrequest", "", TEAM),
    **pages("services_satisfactionrating", "", TEAM),
    **export("services_satisfactionrating"),
    **{
        page: replace(declared, shape="change_queue" if page.endswith(("_change", "_delete")) else "")
        for model, sight in (("macro", Sight.TEAM_OR_OWNER), ("deskview", OWNER))
        for page, declared in pages(f"services_{model}", EVERY_VERB, sight).items()
    },
}

MAY_BUILD = "change_campaignlist view_customer view_consent view_preferenceprofile"
SCORES = {
    **pages("analytics_moverdigest", "", Sight.TEAM_ALONE),
    "analytics_moverdigest_by_mail": only_post("view_moverdigest"),
    **pages("analytics_scoringrun", ""),
    "analytics_scoringrun_progress": both("view_scoringrun"),
    "analytics_scoringrun_resume": only_post("change_scoringrun"),
    **pages("analytics_scorevalidation", ""),
    "analytics_scorevalidation_start": only_post("add_scorevalidation"),
    "analytics_scorevalidation_progress": both("view_scorevalidation"),
    **pages("analytics_weightproposal", ""),
    "analytics_weightproposal_learn": only_post("add_weightproposal"),
    "analytics_weightproposal_progress": both("view_weightproposal"),
    "analytics_weightproposal_decide": only_post("change_weightproposal"),
    **pages("analytics_campaignlist", EVERY_VERB),
    "analytics_campaignlist_build": only_post(MAY_BUILD),
    "analytics_campaignlist_send": only_post(MAY_BUILD),
    "analytics_campaignlist_progress": both("view_campaignlist"),
}
for model in ("scoremodelversion", "preferencemodelversion"):
    SCORES |= {
        **pages(f"analytics_{model}", EVERY_VERB),
        f"analytics_{model}_do": only_post(f"change_{model}"),
        f"analytics_{model}_activate": both(f"change_{model}"),
        f"analytics_{model}_progress": both(f"view_{model}"),
        f"analytics_{model}_override_add": both(f"change_{model}"),
        f"analytics_{model}_override": both(f"change_{model}"),
        f"analytics_{model}_override_move": only_post(f"change_{model}"),
    }

DECLARED = SITE | {
    f"admin:{page}": declared
    for pages_of in (DESK, CUSTOMERS, DATA, CATALOGUE, STAFF_PAGES, TICKETS, SCORES, EVENTS)
    for page, declared in pages_of.items()
}

DECLARED |= BOARDS | CHANNELS | ARTICLES | CHAT | PORTAL | VALUE | BEHAVIOUR | DEMAND
