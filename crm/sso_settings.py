"""Single sign-on by OpenID Connect, as the environment describes it. Off without CRM_OIDC_ISSUER."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class SignInService:
    """One OpenID Connect provider, and what we believe of what it says."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "single sign-on"
    # The claim that names one of our users at the first sign-in: compared with e-mail addresses if it is `email`, with
    # user names otherwise.
    claim: str = "preferred_username"
    groups_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()  # (group there, role here)
    creates: bool = False  # people whom we do not know yet
    two_steps: bool = False  # whether our own second step is asked for as well
    scopes: str = "openid email profile"


def sso_from(env: Any, flag: Any) -> SignInService | None:
    """The sign-in service of CRM_OIDC_..., or None. Raises ImproperlyConfigured for nonsense."""
    issuer = env.str("CRM_OIDC_ISSUER", default="").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
        raise ImproperlyConfigured("CRM_OIDC_ISSUER must begin with https://")
    client_id = env.str("CRM_OIDC_CLIENT_ID", default="")
    if not client_id:
        raise ImproperlyConfigured("CRM_OIDC_CLIENT_ID is not set: the sign-in service gives it to you")
    return SignInService(
        issuer=issuer,
        client_id=client_id,
        client_secret=env.str("CRM_OIDC_CLIENT_SECRET", default=""),
        name=env.str("CRM_OIDC_NAME", default="single sign-on"),
        claim=env.str("CRM_OIDC_CLAIM", default="preferred_username"),
        groups_claim=env.str("CRM_OIDC_GROUPS_CLAIM", default="groups"),
        roles=_roles(env.list("CRM_OIDC_ROLES", default=[])),
        creates=flag("CRM_OIDC_CREATE", default=False),
        two_steps=flag("CRM_OIDC_TWO_STEPS", default=False),
        scopes=env.str("CRM_OIDC_SCOPES", default="openid email profile"),
    )


def _roles(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    """`crm-admins=Administrator,crm-desk=Agent`."""
    split = [pair.rpartition("=") for pair in pairs]
    if any(not group.strip() or not role.strip() for group, _sign, role in split):
        raise ImproperlyConfigured("CRM_OIDC_ROLES must be pairs such as crm-desk=Agent, with commas between")
    return tuple((group.strip(), role.strip()) for group, _sign, role in split)
