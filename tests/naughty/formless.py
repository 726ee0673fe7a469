"""What the forms of the admin need to know of them, and which addresses have none, with the reason."""

from tests.naughty.push import FIRST

SHOWS = "shows or hands out, and takes nothing"
NO_ADD = "nobody adds such a row by hand"
ASKS = "takes what is looked for, in the address: test_asking.py"
OWN_TEST = "asked in test_doors.py"
STATE = "a button without a field, which this state of the row does not offer"
SAME = "the form of the address without a segment, which is tried"
FORMLESS: dict[str, str] = {
    **dict.fromkeys(
        [
            "app_list",
            "desk",
            "desk_bell",
            "desk_customer",
            "desk_file",
            "desk_list",
            "desk_macros",
            "desk_pulse",
            "desk_ticket",
            "desk_views",
            "index",
            "jsi18n",
            "password_change_done",
            "system",
            "view_on_site",
            "analytics_preferencemodelversion_progress",
            "analytics_scoremodelversion_progress",
            "analytics_scorevalidation_progress",
            "analytics_scoringrun_progress",
            "analytics_weightproposal_progress",
            "services_assignmentrule_changelist",
            "services_satisfactionrating_change",
            "services_ticket_change",
            "services_ticket_customer",
        ],
        SHOWS,
    ),
    **dict.fromkeys(
        [
            "analytics_moverdigest_add",
            "analytics_scorevalidation_add",
            "analytics_scoringrun_add",
            "analytics_weightproposal_add",
            "services_ratingrequest_add",
            "services_satisfactionrating_add",
        ],
        NO_ADD,
    ),
    **dict.fromkeys(
        [
            "autocomplete",
            "data_register",
            "search",
            "service_report",
            "services_assignmentrule_try",
            "services_calendar_holidays",
        ],
        ASKS,
    ),
    **dict.fromkeys(["login", "second_step", "sso", "sso_callback", "desk_attach"], OWN_TEST),
    **dict.fromkeys(
        [
            "desk_detach",
            "analytics_preferencemodelversion_override_move",
            "analytics_scoremodelversion_override_move",
            "analytics_scoringrun_resume",
        ],
        STATE,
    ),
    **dict.fromkeys(["analytics_preferencemodelversion_override", "analytics_scoremodelversion_override"], SAME),
    **dict.fromkeys(
        [
            "customers_auditentry_add",
            "customers_consent_add",
            "customers_duplicatepair_add",
            "customers_erasure_add",
            "customers_export_add",
            "customers_job_add",
            "customers_loginlock_add",
            "customers_merge_add",
            "customers_observation_add",
            "customers_order_add",
            "customers_retentionrule_add",
            "customers_retentionrun_add",
            "customers_session_add",
        ],
        NO_ADD,
    ),
    **dict.fromkeys(
        [
            "customers_customer_merge",
            "customers_customer_others",
            "customers_customer_tag_names",
            "analytics_savedreport_builder",
            "analytics_savedreport_people",
            "customers_segment_builder",
            "customers_segment_options",
            "customers_segment_count",
        ],
        ASKS,
    ),
    **dict.fromkeys(
        [
            "customers_customer_privacy_export",
            "customers_customer_readmit",
            "customers_importbatch_back",
            "customers_importbatch_discard",
            "customers_importbatch_start",
            "customers_user_reset_two_steps",
        ],
        STATE,
    ),
    **dict.fromkeys(
        [
            "analytics_savedreport_customers",
            "analytics_savedreport_report",
            "analytics_valuemodel_people",
            "customers_customer_page",
            "customers_customer_privacy",
            "customers_customer_timeline",
            "customers_customer_why",
            "customers_backup_changelist",
            "customers_datakey_changelist",
            "customers_duplicatepair_change",
            "customers_erasure_change",
            "customers_export_change",
            "customers_export_download",
            "customers_export_progress",
            "customers_importbatch_change",
            "customers_importbatch_progress",
            "customers_importbatch_report",
            "customers_job_progress",
            "customers_merge_change",
            "customers_retentionrun_change",
            "customers_retentionrun_progress",
        ],
        SHOWS,
    ),
    "customers_importbatch_map": "only while a file waits for its columns: customers/tests/admin has such files",
}
# Forms that scripts send, and those that the state of the row does not show.
OF_SCRIPTS: dict[str, list[list[str]]] = {
    "customers_customer_privacy_erasure": [["reason"]],
    "desk_draft": [["kind", "body"]],
    "desk_presence": [["typing"]],
    "analytics_savedreport_preview": [["kind", "steps", "s0-event", "period", "time_zone"]],
    "customers_segment_preview": [
        ["name", "match", "groups", "g0-match", "g0-conditions", "g0-c0-fact", "g0-c0-value"]
    ],
}
# What to put into fields that are not filled in and must make sense.
GIVEN: dict[str, dict[str, str]] = {
    "customers_user_add": {"password1": "correct horse battery", "password2": "correct horse battery"},
    "customers_erasure_refuse": {"decision": "sample"},
    "customers_customer_add": {"contact_points-0-kind": "messenger", "contact_points-0-value": "@sample"},
    "customers_customer_change": {"contact_points-0-kind": "messenger", "contact_points-0-value": "@sample"},
    "analytics_savedreport_add": {"s0-event": "sample"},
    "services_macro_add": {"body": "sample"},
    "customers_customer_preferences": {"category": FIRST},
    "services_calendar_add": {
        "name": "sample",
        "time_zone": "UTC",
        **{f"hours_{day}": "" for day in range(1, 7)},
        "hours_0": "09:00-17:00",
    },
    "services_calendar_change": {"hours_5": "", "hours_6": ""},
}
# Forms that are refused as they stand, and why that is as it should be.
REFUSED_AS_IT_STANDS: dict[str, str] = {
    "two_step": "wants a code of an app",
    "customers_importbatch_add": "wants a file",
    "customers_relation_add": "wants two customers of the kinds of its type; its texts are those of the change form",
    "customers_customer_relation_add": "the same",
    "customers_segment_add": "wants a condition, whose fields come with the fact; they are those of the change form",
}
# Fields whose text is not kept: it is looked for, or is one of a list.
NOT_KEPT = frozenset({"code", "other"})
