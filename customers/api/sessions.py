"""Who is logged in, and who may not try for a while: for administrators."""

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.api.pagination import Pages
from customers.models import LoginLock, Session
from customers.operations.end_sessions import end_sessions
from customers.operations.lift_lock import lift_lock

DIGEST = re.compile(r"[0-9a-f]{64}")


class SessionSerializer(StrictModel):
    """A browser in which somebody is logged in. `id` is a digest: nobody gets into a session with it."""

    id = serializers.CharField(source="session_key")
    user = serializers.CharField(source="user.username")
    expires_at = serializers.DateTimeField(source="expire_date", help_text="When it ends if nobody does anything.")

    class Meta:
        model = Session
        fields = ["id", "user", "address", "browser", "begun_at", "seen_at", "expires_at"]
        read_only_fields = fields


class SessionViewSet(Reads, ScopedViewSet):
    """The sessions of everybody in which somebody is logged in, last seen first."""

    queryset = Session.objects.exclude(user=None).select_related("user").order_by("-seen_at", "session_key")
    serializer_class: Any = SessionSerializer
    pagination_class = Pages
    inputs = {"end_sessions": NothingSerializer}

    @property
    def needs(self) -> str:  # type: ignore[override]
        """As on the pages: to see them, and to end them."""
        return f"customers.{'view' if self.request.method in SAFE_METHODS else 'delete'}_session"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(expire_date__gt=timezone.now())

    def get_object(self) -> Any:
        if not DIGEST.fullmatch(self.kwargs["pk"]):
            raise NotFound
        row = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, row)
        return row

    @extend_schema(request=NothingSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="end", url_name="end")
    @once
    def end_sessions(self, request: Request, pk: str) -> Response:
        """Log somebody out there: their next request meets the log-in page. Only superusers end those of superusers."""
        session = self.get_object()
        self.validated()
        if session.user.is_superuser and not self.user.is_superuser:
            raise PermissionDenied(_("Only a superuser ends the sessions of a superuser."))
        end_sessions(user=session.user, only=[session.pk])
        return Response(status=status.HTTP_204_NO_CONTENT)


class LoginLockSerializer(StrictModel):
    """Log-ins that failed, by user name, by address or by second step. `locked_until`: nothing is heard until then.
    `user` is null for an address, and for a name that is nobody's, which is not kept."""

    user = serializers.CharField(source="user.username", allow_null=True, default=None)

    class Meta:
        model = LoginLock
        fields = ["id", "kind", "user", "address", "failures", "last_failed_at", "locked_until"]
        read_only_fields = fields


class LoginLockViewSet(Reads, ScopedViewSet):
    """What was counted within the last day, the newest first."""

    queryset = LoginLock.objects.filter(failures__gt=0).select_related("user").order_by("-last_failed_at", "pk")
    serializer_class: Any = LoginLockSerializer
    pagination_class = Pages
    inputs = {"lift": NothingSerializer}

    @property
    def needs(self) -> str:  # type: ignore[override]
        """As on the pages: to see them, and to lift them."""
        return f"customers.{'view' if self.request.method in SAFE_METHODS else 'delete'}_loginlock"

    def get_queryset(self) -> Any:
        return self.queryset.all()  # of no team: whoever has the permission sees them all

    @extend_schema(request=NothingSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    @once
    def lift(self, request: Request, pk: str) -> Response:
        """They may try again at once, and the failures are forgotten."""
        lock = self.get_object()
        self.validated()
        lift_lock(lock=lock)
        return Response(status=status.HTTP_204_NO_CONTENT)
