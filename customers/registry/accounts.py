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
        (none("id digest created_at expires_at revoked_at"), staff("user name last_used_at")),
    ),
)
