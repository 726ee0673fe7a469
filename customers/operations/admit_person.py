import hashlib
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import SsoIdentity, User


class NotAdmitted(Exception):
    """The sign-in service knows this person and we do not let them in; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@transaction.atomic
def admit_person(
    *,
    issuer: str,
    subject: str,
    at: datetime,
    username: str = "",
    email: str = "",
    names: tuple[str, str] = ("", ""),
    creates: bool = False,
    roles: Collection[str] = (),
    managed: Collection[str] = (),
) -> User:
    """Our user for a person whom a sign-in service vouches for. Raises NotAdmitted.

    Known by their subject there; at first by `username`, or else by `email`, of which one must be given; with `creates`
    made, without a role. Of the `managed` roles they have afterwards those in `roles`; other roles stay."""
    if not 1 <= len(subject) <= 255:
        raise NotAdmitted("the subject is not one")
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    identity = SsoIdentity.objects.select_related("user").filter(digest=digest).first()
    if identity is None:
        user = _user_named(username, email) or _new_user(username or email, email, names, creates)
        if user.sso_identities.filter(issuer=issuer).exists():
            raise NotAdmitted("the user belongs to another subject")
        identity = SsoIdentity(user=user, issuer=issuer, subject=subject, digest=digest, created_at=at)
    user = identity.user
    if not (user.is_active and user.is_staff):
        raise NotAdmitted("the user is switched off")
    identity.last_used_at = at
    identity.save()
    if managed:
        user.groups.remove(*Group.objects.filter(name__in=set(managed) - set(roles)))
        user.groups.add(*Group.objects.filter(name__in=set(managed) & set(roles)))
    return user


def _user_named(username: str, email: str) -> User | None:
    if username:
        return User.objects.filter(username=User.normalize_username(username)).first()
    found = list(User.objects.filter(email__iexact=email, is_active=True)[:2])
    if len(found) > 1:
        raise NotAdmitted("several users have this e-mail address")
    return found[0] if found else None


def _new_user(username: str, email: str, names: tuple[str, str], creates: bool) -> User:
    if not creates:
        raise NotAdmitted("no such user")
    first, last = names
    user = User(
        username=User.normalize_username(username),
        email=email,
        first_name=first[:150],
        last_name=last[:150],
        is_staff=True,
    )
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise NotAdmitted("the name or address cannot be ours") from error
    user.save()
    return user
