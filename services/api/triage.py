"""What is suggested for a ticket, with how sure that is and why."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from services.models import Ticket
from services.operations.find_articles import FoundArticle
from services.operations.suggest_articles import suggest_articles
from services.operations.suggest_triage import Suggested, suggest_triage


class SuggestedSerializer(serializers.Serializer[Any]):
    """A row by its id and name. `share`: how sure it is, of similar tickets and macros how alike, from 0 to 1."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    share = serializers.FloatField()
    because = serializers.ListField(child=serializers.CharField(), help_text="Words that speak for it.")


class SuggestedArticleSerializer(serializers.Serializer[Any]):
    """An article that speaks of what the ticket speaks of, in this language."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField(), help_text="Words that speak for it.")


class TriageSerializer(serializers.Serializer[Any]):
    """Null where nothing is sure enough, or the ticket has it already. Articles are for who may see articles."""

    queue = SuggestedSerializer(allow_null=True)
    service_type = SuggestedSerializer(allow_null=True)
    macro = SuggestedSerializer(allow_null=True)
    similar = SuggestedSerializer(many=True)
    articles = SuggestedArticleSerializer(many=True)


class TicketTriageViewSet(ScopedViewSet):
    """Suggestions of one ticket."""

    queryset = Ticket.objects.all()
    serializer_class = TriageSerializer
    needs = "services.view_ticket"

    @extend_schema(responses=TriageSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def suggestions(self, request: Request, pk: str) -> Response:
        """A better queue, a service type, a macro and similar solved tickets, learned from the words of solved tickets
        last night; and articles. Nothing is done by itself."""
        ticket = self.get_object()
        triage = suggest_triage(ticket=ticket, user=self.user)
        articles = suggest_articles(ticket=ticket) if self.user.has_perm("services.view_knowledgearticle") else []
        told = {name: _told(getattr(triage, name)) for name in ("queue", "service_type", "macro")}
        similar = [_told(one) for one in triage.similar]
        return Response({**told, "similar": similar, "articles": [_article(one) for one in articles]})


def _article(one: FoundArticle) -> dict[str, Any]:
    said = {"title": one.title, "language": one.language, "because": list(one.because)}
    return {"id": one.article.pk, "slug": one.slug, **said}


def _told(one: Suggested | None) -> dict[str, Any] | None:
    if one is None:
        return None
    name = f"{one.row.number} {one.row.subject}" if isinstance(one.row, Ticket) else str(one.row)
    return {"id": one.row.pk, "name": name, "share": round(one.share, 4), "because": list(one.because)}
