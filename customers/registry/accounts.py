"""The register: the staff and their teams."""

from customers.registry import Entry, none, staff
from customers.registry.terms import Purpose, Retention

ENTRIES = (
    Entry("customers.Team", Purpose.STAFF, Retention.USE, (none("id name"), staff("members"))),
    Entry(
        "customers.User",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id is_superuser is_staff is_active groups user_permissions"),
            staff("username first_name last_name email password last_login date_joined"),
        ),
    ),
    Entry(
        "customers.ApiToken",
        Purpose.STAFF,
        Retention.USE,
        (none("id digest scopes created_at expires_at revoked_at"), staff("user name last_used_at last_used_from")),
    ),
    Entry(
        "customers.Authenticator",
        Purpose.STAFF,
        Retention.USE,
        (none("id confirmed_at last_step"), staff("user secret next_secret")),
    ),
    Entry(
        "customers.RecoveryCode", Purpose.STAFF, Retention.USE, (none("id created_at"), staff("user digest used_at"))
    ),
    Entry(
        "customers.SsoIdentity",
        Purpose.STAFF,
        Retention.USE,
        (none("id issuer created_at"), staff("user subject digest last_used_at")),
    ),
    Entry(
        "customers.LoginLock",
        Purpose.STAFF,
        Retention.DAY,
        (none("id kind failures locked_until"), staff("user key last_failed_at address")),
    ),
    Entry(
        "customers.Session",
        Purpose.STAFF,
        Retention.DAY,
        (none("expire_date"), staff("session_key session_data user begun_at seen_at address browser")),
    ),
)
