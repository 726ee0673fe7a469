"""What the forms of the admin need to know of them, and which addresses have none, with the reason."""

PICTURE = "shows or hands out, takes nothing"
FORMLESS: dict[str, str] = {}
# Forms that scripts send.
OF_SCRIPTS: dict[str, list[list[str]]] = {
    "desk_draft": [["kind", "body"]],
    "desk_presence": [["typing"]],
    "customers_segment_preview": [
        ["name", "match", "groups", "g0-match", "g0-conditions", "g0-c0-fact", "g0-c0-value"]
    ],
}
# What to put into fields that are not filled in and must make sense.
GIVEN: dict[str, dict[str, str]] = {
    "customers_user_add": {"password1": "correct horse battery", "password2": "correct horse battery"},
    "customers_erasure_refuse": {"decision": "sample"},
    "customers_segment_add": {"g0-c0-fact": "name", "g0-c0-op": "contains", "g0-c0-value": "a"},
    "customers_customer_add": {"contact_points-0-kind": "messenger", "contact_points-0-value": "@sample"},
    "customers_customer_change": {"contact_points-0-kind": "messenger", "contact_points-0-value": "@sample"},
    "services_macro_add": {"body": "sample"},
    "services_calendar_add": {"name": "sample", "time_zone": "UTC", **{f"hours_{day}": "" for day in range(7)}},
    "services_calendar_change": {"hours_5": "", "hours_6": ""},
}
# Forms that are refused as they stand, and why that is as it should be.
REFUSED_AS_IT_STANDS: dict[str, str] = {
    "two_step": "wants a code of an app",
    "customers_importbatch_add": "wants a file",
}
# Fields whose text is not kept: it is looked for, or is one of a list.
NOT_KEPT = frozenset({"code", "other"})
