from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.choices import DigestRhythm
from analytics.models import DigestSubscription
from customers.models import User


class HasNoAddress(ValidationError):
    """Who wants mail has no e-mail address."""


@transaction.atomic
def subscribe_to_digest(*, user: User, every: DigestRhythm | None, language: str) -> DigestSubscription | None:
    """Have the digests of one's teams sent by mail, in a language of ours, or (`every` is None) not any more.

    Raises HasNoAddress, and ValidationError for a rhythm or a language that is not known."""
    mine = DigestSubscription.objects.select_for_update().filter(user=user).first()
    if every is None:
        if mine is not None:
            mine.delete()
        return None
    if not user.email:
        raise HasNoAddress(_("Your account has no e-mail address. An administrator can add one."))
    mine = mine or DigestSubscription(user=user)
    mine.every, mine.language = every, language
    mine.full_clean(validate_unique=False)
    mine.save()
    return mine
