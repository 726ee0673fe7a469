"""What the addresses of web forms and of the customer portal ask for: a part of declared.py.

The portal knows nobody of the staff: whoever has no session of it is sent to its log-in, whatever they may do here."""

from tests.security.matrix.declaring import (
    ANYBODY,
    EVERY_VERB,
    NOBODY,
    TEAM,
    Declared,
    both,
    only_get,
    only_post,
    pages,
)

FORMS = {
    **pages("services_webform", EVERY_VERB),
    "services_webform_preview": both("view_webform"),
    **pages("services_webformsubmission", "", TEAM),
    "services_webformsubmission_decide": Declared(NOBODY, "change_webformsubmission", TEAM),
    **pages("services_portalsession", "", TEAM),
}

PORTAL = {
    **dict.fromkeys(("web-form", "portal-login", "portal-link", "portal-new", "portal-ticket"), both(ANYBODY)),
    **dict.fromkeys(("web-form-embed", "web-form-sent", "portal", "portal-file"), only_get(ANYBODY)),
    **dict.fromkeys(("portal-logout", "portal-solve", "portal-rate"), only_post(ANYBODY)),
    **{f"admin:{page}": declared for page, declared in FORMS.items()},
}
