from django.conf import settings

from customers.models import User


def needs_two_steps(*, user: User) -> bool:
    """Whether somebody must log in in two steps: members of the roles of CRM_TOTP_ROLES, and with them superusers.
    With no role there nobody must; whoever wants to still may."""
    roles: list[str] = settings.TOTP_ROLES
    if not roles:
        return False
    return user.is_superuser or user.groups.filter(name__in=roles).exists()
