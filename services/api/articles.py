"""The knowledge base over the API."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import NothingSerializer, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import expected_version
from services.filtersets.articles import ArticleFilterSet
from services.models import ArticleText, KnowledgeArticle, Queue, ServiceType
from services.models.article import LONGEST_BODY
from services.operations.archive_article import archive_article
from services.operations.publish_article import publish_article
from services.operations.write_article import write_article


class ArticleTextSerializer(StrictModel):
    """An article in one language. The text is Markdown."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    title = Text(max_length=200)
    body = Text(max_length=LONGEST_BODY)

    class Meta:
        model = ArticleText
        fields = ["language", "title", "body"]


class ArticleSerializer(StrictModel):
    """An article. Texts that are sent replace those on record. Without a slug it gets one from its title. `votes_all`
    readers voted, `votes_helpful` of them found it helpful."""

    slug = serializers.SlugField(max_length=100, required=False)
    texts = ArticleTextSerializer(many=True)
    service_type = VisibleRow(queryset=ServiceType.objects.all(), required=False, allow_null=True)
    queue = VisibleRow(queryset=Queue.objects.all(), required=False, allow_null=True)
    votes_all = serializers.IntegerField(read_only=True)
    votes_helpful = serializers.IntegerField(read_only=True)

    class Meta:
        model = KnowledgeArticle
        fields = [
            *("id", "slug", "state", "audience", "service_type", "queue", "texts", "published_at"),
            *("votes_all", "votes_helpful", "version"),
        ]
        read_only_fields = ["state", "published_at", "version"]

    def validate_texts(self, texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({text["language"] for text in texts}) < len(texts):
            raise serializers.ValidationError(_("Give each language once."))
        return texts


class ArticleViewSet(CatalogueViewSet):
    """Articles, drafts too. `?search=` finds them by their words, the best first."""

    queryset = KnowledgeArticle.objects.with_votes().prefetch_related("texts").order_by("slug")
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilterSet
    inputs = {"publish": NothingSerializer, "archive": NothingSerializer}

    def make(self, *, texts: Any = (), **values: Any) -> KnowledgeArticle:
        """Create through the operation."""
        return write_article(article=KnowledgeArticle(), changes=values, texts=_by_language(texts), at=timezone.now())

    def change(self, row: Any, expected: int | None, *, texts: Any = None, **values: Any) -> None:
        """Update through the operation."""
        given = None if texts is None else _by_language(texts)
        write_article(article=row, changes=values, texts=given, expected_version=expected, at=timezone.now())

    @extend_schema(request=NothingSerializer, responses=ArticleSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="services.change_knowledgearticle")
    @once
    def publish(self, request: Request, pk: str) -> Response:
        """Put it into use: found, suggested and, if it is for everybody, shown below /help/."""
        return self._do(publish_article)

    @extend_schema(request=NothingSerializer, responses=ArticleSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="services.change_knowledgearticle")
    @once
    def archive(self, request: Request, pk: str) -> Response:
        """Take it out of use. Its texts and votes stay."""
        return self._do(archive_article)

    def _do(self, operation: Callable[..., KnowledgeArticle]) -> Response:
        article = self.get_object()
        self.validated()
        operation(article=article, expected_version=expected_version(self.request, required=False), at=timezone.now())
        return self.answer(article.pk)


def _by_language(texts: Iterable[dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {text["language"]: {"title": text["title"], "body": text["body"]} for text in texts}
