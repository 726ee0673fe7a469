"""What every viewset shares: rows in sight only, Django's permissions, ETags, one operation behind each write."""

from collections.abc import Callable
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import BaseParser
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from customers.api.idempotency import once
from customers.api.locking import etag_headers, expected_version
from customers.api.pagination import Keyset, Pages
from customers.api.parsers import StrictJSONParser
from customers.api.permissions import ModelPermissions
from customers.api.schema import IDEMPOTENCY_KEY, IF_MATCH
from customers.api.scopes import TokenScope
from customers.filtersets import LARGEST_KEY
from customers.models import User, Versioned
from customers.operations.add_row import add_row
from customers.operations.remove_row import remove_row
from customers.operations.revise_row import revise_row
from customers.stale_reads import allow_stale_reads, stale_reads

LOCKED = {"update", "partial_update", "destroy"}


class ScopedViewSet(GenericViewSet[Any]):
    """Rows that the user may see; all others do not exist. `queryset` carries what serializers need."""

    queryset: Any = None
    permission_classes = [IsAuthenticated, TokenScope, ModelPermissions]
    parser_classes: Any = [StrictJSONParser]
    filter_backends = [DjangoFilterBackend]
    pagination_class: Any = Keyset
    lookup_value_converter = "str"
    ordering_fields: tuple[str, ...] = ()
    filterset_class: Any = None
    # A permission other than the model's own, and query parameters, of one action.
    needs = ""
    parameters: tuple[str, ...] = ()
    # What an action takes, where that is not what it answers (`serializer_class`).
    inputs: dict[str, type[BaseSerializer[Any]]] = {}
    # Actions whose answer may be some seconds old: a read replica may give it.
    stale: tuple[str, ...] = ()
    # Verbs look at If-Match where it is given.
    is_verb = False

    @property
    def user(self) -> User:
        """Who asks; permissions have made sure that it is somebody."""
        return cast(User, self.request.user)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with stale_reads(False):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in self.stale and request.method in SAFE_METHODS:
            allow_stale_reads()  # from here on: who asks, and what they may, was read from what is true now
        unknown = sorted(set(request.query_params) - self.known_parameters())
        if unknown:
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})

    def check_permissions(self, request: Request) -> None:
        super().check_throttles(request)  # first, so that requests which are refused count as well
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Done before the permissions."""

    def known_parameters(self) -> set[str]:
        """The query parameters of this action."""
        if self.action != "list":
            return set(self.parameters)
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        return {*filters, *self.pagination_class.parameters}

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.request.user)

    def get_object(self) -> Any:
        key = self.kwargs["pk"]
        if not (key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= LARGEST_KEY):
            raise NotFound
        row = get_object_or_404(self.get_queryset(), pk=int(key))
        self.check_object_permissions(self.request, row)
        return row

    def get_serializer_class(self) -> Any:
        return self.inputs.get(self.action, self.serializer_class)

    def validated(self, row: Any = None, *, partial: bool = False) -> dict[str, Any]:
        """What the caller sent, checked by the serializer of this action."""
        serializer: BaseSerializer[Any] = self.get_serializer(row, data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return cast(dict[str, Any], serializer.validated_data)

    def answer(self, pk: Any, *, status: int = status.HTTP_200_OK) -> Response:
        """The row as it stands now, with its ETag. After a write it is shown even if it moved out of sight."""
        row = cast(Any, super().get_queryset()).get(pk=pk)
        return Response(self.shown(row), status=status, headers=etag_headers(row))

    def shown(self, row: Any) -> Any:
        """The row as the main serializer writes it."""
        return cast(Any, self.serializer_class)(row, context=self.get_serializer_context()).data

    def current(self, pk: Any) -> dict[str, Any]:
        """What a refused save is told of the row as it stands now. Empty where the user may not read it."""
        options = self.queryset.model._meta
        row = self.get_queryset().filter(pk=pk).first()
        if row is None or not self.user.has_perm(f"{options.app_label}.view_{options.model_name}"):
            return {}
        kept = {"id": row.pk, "version": row.version, "etag": row.etag(), "values": self.shown(row)}
        return {"type": options.model_name, **kept, **self.happened(row)}

    def happened(self, row: Any) -> dict[str, Any]:
        """What `current` adds about a row that has a history."""
        return {}

    def act(self, operation: Callable[..., Any], **more: Any) -> Response:
        """Do a verb to one row, with what the caller sent. Answers the row, or what the verb made."""
        row = self.get_object()
        expected = expected_version(self.request, required=False)
        values = {**self.validated(), **more}
        result = operation(
            **{self.queryset.model._meta.model_name: row}, **values, expected_version=expected, at=timezone.now()
        )
        return self.answer(row.pk) if isinstance(result, type(row)) else Response(self.shown(result))

    def schema_headers(self) -> list[dict[str, Any]]:
        """The request headers of this action, for the schema."""
        if self.request.method == "POST":
            return [IDEMPOTENCY_KEY, *([{**IF_MATCH, "required": False}] if self.is_verb else [])]
        return [{**IF_MATCH, "required": True}] if self.action in LOCKED else []

    def schema_responses(self) -> Any:
        """What this action answers, for the schema, where `serializer_class` does not say it."""
        return None

    def answers_etag(self) -> bool:
        """Whether this action answers one row with a version, for the schema."""
        model = self.queryset.model
        one_row = {"create", "retrieve", "update", "partial_update"}
        answers_row = self.serializer_class is type(self).serializer_class
        return issubclass(model, Versioned) and (self.action in one_row or (self.is_verb and answers_row))


class Reads(ListModelMixin):
    """List and retrieve."""

    def retrieve(self: Any, request: Request, pk: str) -> Response:
        row = self.get_object()
        return Response(self.shown(row), headers=etag_headers(row))


class Creates:
    """Create, by `make`."""

    @once
    def create(self: Any, request: Request) -> Response:
        row = self.make(**self.validated())
        return cast(Response, self.answer(row.pk, status=status.HTTP_201_CREATED))

    def make(self: Any, **values: Any) -> Any:
        """The operation behind create."""
        return add_row(row=self.queryset.model(**values), at=timezone.now())


class Changes:
    """Update and partial update, by `change`, of the version that If-Match names."""

    def update(self: Any, request: Request, pk: str, *, partial: bool = False) -> Response:
        row = self.get_object()
        expected = expected_version(request)
        row.require_version(expected)  # before the fields are looked at; the operation asks again under its lock
        self.change(row, expected, **self.validated(row, partial=partial))
        return cast(Response, self.answer(row.pk))

    def partial_update(self: Any, request: Request, pk: str) -> Response:
        return cast(Response, self.update(request, pk, partial=True))

    def change(self: Any, row: Any, expected: int | None, **values: Any) -> None:
        """The operation behind update."""
        revise_row(row=row, changes=values, expected_version=expected, at=timezone.now())


class Deletes:
    """Destroy, of the version that If-Match names."""

    def destroy(self: Any, request: Request, pk: str) -> Response:
        row = self.get_object()
        remove_row(row=row, expected_version=expected_version(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class CatalogueViewSet(Reads, Creates, Changes, Deletes, ScopedViewSet):
    """A small catalogue, in numbered pages. A subclass declares and does nothing more."""

    parser_classes: list[type[BaseParser]] = [StrictJSONParser]
    pagination_class = Pages
