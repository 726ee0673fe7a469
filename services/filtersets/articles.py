"""How the list of articles is narrowed down."""

from typing import Any

from django.db.models import Case, IntegerField, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from customers.filtersets import IdFilter
from services.choices import ArticleState, Audience
from services.folding import stems_sought
from services.models import ArticleText, KnowledgeArticle
from services.operations.find_articles import best_texts

MOST_FOUND = 200


class ArticleFilterSet(FilterSet):
    """Articles by state, readers and place; and by what they speak of, the best first."""

    search = CharFilter(method="that_speak_of", label=_("Words of title and text; the best find comes first"))
    slug = CharFilter()
    state = ChoiceFilter(choices=ArticleState.choices)
    audience = ChoiceFilter(choices=Audience.choices)
    service_type = IdFilter()
    queue = IdFilter()

    class Meta:
        model = KnowledgeArticle
        fields: list[str] = []

    def that_speak_of(self, articles: Any, name: str, value: str) -> Any:
        """Those that have words of the text, the best first; drafts too."""
        words, rows = stems_sought(value), ArticleText.objects.all()
        weights = rows.weights(words) if words else {}
        if not weights:
            return articles.none()
        texts = best_texts(rows, weights, language=get_language() or "", most=MOST_FOUND)
        keys = [text.article_id for text in texts]
        place = Case(*(When(pk=key, then=at) for at, key in enumerate(keys)), output_field=IntegerField())
        return articles.filter(pk__in=keys).order_by(place)
