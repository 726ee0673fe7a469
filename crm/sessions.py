"""Sessions: rows of customers.Session, found by a digest of their key. They end when nothing was done for a while
(SESSION_COOKIE_AGE), and in any case so long after the log-in (SESSION_LONGEST)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from customers.models.session import ADDRESS, BEGUN, BROWSER, digest_of_key


class SessionStore(DatabaseStore):
    """Django's database store on our own model."""

    # A page that asks for news by itself is no sign that anybody is there: its requests do not prolong the session.
    is_poll = False

    @classmethod
    def get_model_class(cls) -> Any:
        from customers.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        key: Any = self.session_key
        row = self.model.objects.filter(pk=digest_of_key(key), expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str | None = None) -> bool:
        return super().exists(digest_of_key(session_key or ""))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(pk=digest_of_key(key)).delete()

    def save(self, must_create: bool = False) -> None:
        if not (must_create or self.modified or not self.is_poll):
            return
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django calls every fault of the database a session that was deleted meanwhile, and answers 400: as if the
            # request were to blame.
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        now = timezone.now()
        if SESSION_KEY in data:
            data.setdefault(BEGUN, now.timestamp())
        begun = data.get(BEGUN)
        store: Any = self  # the types of Django know nothing of its private methods
        return store.model(
            session_key=digest_of_key(store._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(modification=now),
            user_id=data.get(SESSION_KEY),
            begun_at=begun and datetime.fromtimestamp(begun, UTC),
            seen_at=now,
            address=data.get(ADDRESS, ""),
            browser=data.get(BROWSER, ""),
        )

    def get_expiry_age(self, **kwargs: Any) -> int:
        age, begun = super().get_expiry_age(**kwargs), self.get(BEGUN)
        if begun is None:
            return age
        now: datetime = kwargs.get("modification") or timezone.now()
        return max(0, min(age, int(begun + settings.SESSION_LONGEST - now.timestamp())))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        now: datetime = kwargs.get("modification") or timezone.now()
        return now + timedelta(seconds=self.get_expiry_age(**{**kwargs, "modification": now}))
