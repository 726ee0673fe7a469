import pyotp
from django.db import transaction

from customers.models import Authenticator, User

ISSUER = "Candid"


@transaction.atomic
def offer_authenticator(*, user: User) -> Authenticator:
    """A secret for somebody's app, the same one until its first code is confirmed. Where they have one already, that
    stays in force until then."""
    row, _made = Authenticator.objects.select_for_update().get_or_create(user=user)
    if row.next_secret is None:
        row.next_secret = pyotp.random_base32()  # 160 bits, as RFC 4226 recommends
        row.save(update_fields=["next_secret"])
    return row


def address_of(authenticator: Authenticator) -> str:
    """What the QR code says: an otpauth:// address with the secret that waits to be confirmed."""
    name = authenticator.user.get_username()
    return pyotp.TOTP(authenticator.next_secret).provisioning_uri(name=name, issuer_name=ISSUER)
