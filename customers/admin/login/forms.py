"""The forms of the way in."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from customers.admin.page_forms import Plain
from customers.choices import LockKind
from customers.models import User
from customers.operations.check_code import WrongCode, check_code
from customers.operations.count_attempt import LockedOut, count_attempt
from customers.operations.forgive_attempt import forgive_attempt

logger = structlog.get_logger(__name__)

WRONG_CODE = gettext_lazy(
    "This code is not right, or was used before. Codes change every 30 seconds: wait for the next one. If none is "
    "taken, see whether the clock of the phone is set by the network."
)


def locked_words(until: datetime, *, at: datetime) -> str:
    """What somebody who is locked out is told; the same for every name, known or not."""
    # To the next minute: timeuntil leaves out what does not fill one.
    wait = timeuntil(until + timedelta(seconds=59), at, depth=1)
    return _("Too many attempts failed. Try again in %(wait)s; an administrator can lift the lock.") % {"wait": wait}


class Counted:
    """A form that checks a secret: attempts are counted before they are tried, and `locked_for` says for how many
    seconds none is heard."""

    locked_for = 0

    def counted(self, name: str, kind: LockKind, request: Any) -> Any:
        """Count an attempt. Raises ValidationError while a lock holds."""
        at = timezone.now()
        try:
            return count_attempt(name=name, kind=kind, address=request.META.get("REMOTE_ADDR", ""), at=at)
        except LockedOut as error:
            logger.warning("log-in locked out", by=kind.value)
            self.locked_for = max(1, round((error.until - at).total_seconds()))
            raise ValidationError(locked_words(error.until, at=at), code="locked") from error


class StaffLoginForm(Counted, AuthenticationForm):
    """User name and password. A wrong name is answered like a wrong password, and as slowly: Django hashes for both."""

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            attempt = self.counted(name, LockKind.NAME, self.request)
            self.user_cache = authenticate(self.request, username=name, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
            forgive_attempt(attempt=attempt)
        data: dict[str, Any] = self.cleaned_data
        return data


class CodeForm(Counted, forms.Form):
    """A code of the app, or a recovery code, of somebody who is known by now."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": "",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": " ".join(BASE_INPUT_CLASSES),
            }
        ),
    )

    def __init__(self, request: Any, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        self.was_recovery = False

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        attempt = self.counted(self.user.get_username(), LockKind.CODE, self.request)
        try:
            self.take(code)
        except WrongCode as error:
            raise ValidationError(WRONG_CODE, code="wrong") from error
        forgive_attempt(attempt=attempt)
        return code

    def take(self, code: str) -> None:
        """Use the code up. Raises WrongCode."""
        self.was_recovery = check_code(user=self.user, code=code, at=timezone.now())


class OwnPasswordForm(Plain, Counted, AdminOwnPasswordChangeForm):
    """A new password of one's own. The old one is asked for, and guesses at it are counted like log-ins: a browser that
    was left open is no place to try them out."""

    request: Any = None

    def clean_old_password(self) -> str:
        attempt = self.counted(self.user.get_username(), LockKind.NAME, self.request)
        old: str = super().clean_old_password()
        forgive_attempt(attempt=attempt)
        return old
