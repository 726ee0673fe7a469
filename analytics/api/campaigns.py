"""Campaign lists over the API."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import CampaignList, CampaignMember
from analytics.operations.build_campaign_list import IsSent
from analytics.operations.campaign_response import campaign_response
from analytics.operations.members_to_write_to import members_to_write_to
from analytics.operations.send_campaign_list import send_campaign_list
from analytics.operations.start_campaign_list import start_campaign_list
from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.pagination import Keyset
from customers.models import Category, Product, Segment
from customers.tasks import poke_after_commit

MAY_BUILD = ("customers.view_customer", "customers.view_consent", "analytics.view_preferenceprofile")


class OnTheListSerializer(serializers.Serializer[Any]):
    """Who is on the list, and why others are not. Empty before it is built."""

    considered = serializers.IntegerField(required=False)
    members = serializers.IntegerField(required=False)
    held_out = serializers.IntegerField(required=False)
    left_out = serializers.DictField(child=serializers.IntegerField(), required=False, help_text="By the first reason.")


class CampaignListSerializer(StrictModel):
    """Whom to write to about a product or a category, one of the two. A list is built by `build/`, and again after a
    change of what it asks for (`is_outdated`)."""

    segment = VisibleRow(queryset=Segment.objects.all(), required=False, allow_null=True)
    product = VisibleRow(queryset=Product.objects.all(), required=False, allow_null=True)
    category = VisibleRow(queryset=Category.objects.all(), required=False, allow_null=True)
    found = OnTheListSerializer(read_only=True)
    is_outdated = serializers.BooleanField(read_only=True)

    class Meta:
        model = CampaignList
        fields = [
            *("id", "name", "segment", "product", "category", "channel", "min_percentile", "most"),
            *("bought_days", "rest_days", "held_out", "response_days"),
            *("built_at", "found", "problem", "is_outdated", "sent_at", "version"),
        ]
        read_only_fields = ["built_at", "problem", "sent_at", "version"]


class MemberSerializer(StrictModel):
    """A customer on a list. Who is held out is not to be written to."""

    may_be_written_to = serializers.SerializerMethodField(
        help_text="As of now: false also for whoever objected or took their consent back since the list was built."
    )

    class Meta:
        model = CampaignMember
        fields = [
            *("id", "customer", "rank", "preference", "percentile", "is_held_out", "may_be_written_to", "sent_at"),
        ]
        read_only_fields = fields

    def get_may_be_written_to(self, row: CampaignMember) -> bool:
        """Whether they may, as the view found out for the whole page."""
        return row.customer_id in self.context["allowed"]


class UpliftSerializer(serializers.Serializer[Any]):
    """Shares, 0..1; the difference with its 95% interval."""

    treated = serializers.FloatField()
    held_out = serializers.FloatField()
    difference = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CampaignResponseSerializer(serializers.Serializer[Any]):
    """Who bought the thing since the list was sent, of those who were written to and of those held out."""

    sent = serializers.IntegerField()
    sent_bought = serializers.IntegerField()
    held = serializers.IntegerField()
    held_bought = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null: it was not sent yet.")
    is_over = serializers.BooleanField()
    uplift = UpliftSerializer(allow_null=True)


NOTHING_SENT = {
    **dict.fromkeys(("sent", "sent_bought", "held", "held_bought"), 0),
    "until": None,
    "is_over": False,
    "uplift": None,
}


class NotNow(APIException):
    """The list is sent, or is not built of what it asks for."""

    status_code = 409
    default_code = "not_now"


class CampaignListViewSet(CatalogueViewSet):
    """Campaign lists, newest first."""

    queryset = CampaignList.objects.all()
    serializer_class = CampaignListSerializer
    inputs = {"build": NothingSerializer, "send": NothingSerializer}

    @extend_schema(request=NothingSerializer, responses=CampaignListSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.change_campaignlist")
    @once
    def build(self, request: Request, pk: str) -> Response:
        """Have a worker build the list of the customers that you see; look again later. Of one that was sent: 409."""
        row = self._row()
        try:
            start_campaign_list(campaign=row, by=self.user, at=timezone.now())
        except IsSent as error:
            raise NotNow(str(error)) from error
        poke_after_commit()
        return self.answer(row.pk)

    @extend_schema(request=NothingSerializer, responses=CampaignListSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.change_campaignlist")
    @once
    def send(self, request: Request, pk: str) -> Response:
        """Put on record that all members who are not held out were written to. Whoever took their consent back since
        stays out: read the members again for `sent_at`. Not built, or sent before: 409."""
        row = self._row()
        expected = expected_version(request, required=False)
        try:
            send_campaign_list(campaign=row, by=self.user, at=timezone.now(), expected_version=expected)
        except (IsSent, ValidationError) as error:
            raise NotNow(" ".join(getattr(error, "messages", [str(error)]))) from error
        return self.answer(row.pk)

    @extend_schema(responses=MemberSerializer(many=True))
    @action(detail=True, parameters=Keyset.parameters, filter_backends=[], pagination_class=Keyset, ordering_fields=())
    def members(self, request: Request, pk: str) -> Response:
        """Who is on the list, of the customers that you see."""
        campaign = self.get_object()
        rows = CampaignMember.objects.visible_to(self.user).filter(campaign=campaign)
        page = self.paginate_queryset(rows) or ()
        customers = [row.customer_id for row in page]
        allowed = set(members_to_write_to(campaign=campaign, at=timezone.now(), among=customers))
        return self.get_paginated_response(MemberSerializer(page, many=True, context={"allowed": allowed}).data)

    @extend_schema(responses={200: CampaignResponseSerializer})
    @action(detail=True, url_path="response", url_name="response")
    def what_it_moved(self, request: Request, pk: str) -> Response:
        """What it moved, counted now. Before it was sent: nothing, and `until` is null."""
        found = campaign_response(campaign=self.get_object(), at=timezone.now())
        return Response(CampaignResponseSerializer(found).data if found else NOTHING_SENT)

    def _row(self) -> CampaignList:
        row: CampaignList = self.get_object()
        self.validated()
        if not all(self.user.has_perm(name) for name in MAY_BUILD):
            raise PermissionDenied
        return row
