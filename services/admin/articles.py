"""The knowledge base: articles in each language side by side, with a look at how they read, and what readers say."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from customers.admin.base import CandidModelAdmin, ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.forms import CandidForm
from customers.admin.row_keys import is_key
from services.admin.percents import percent
from services.choices import ArticleState
from services.folding import stems_sought
from services.models import ArticleText, ArticleVote, KnowledgeArticle
from services.models.article import LONGEST_BODY
from services.operations.archive_article import archive_article
from services.operations.article_texts import html_of
from services.operations.publish_article import publish_article
from services.operations.write_article import checked_texts, write_article

LONGEST_TITLE = 200
COMMENTS_SHOWN = 10
NAMES_OF_LANGUAGES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}


class ArticleForm(CandidForm):
    """An article with a title and a text for each language."""

    class Meta:
        model = KnowledgeArticle
        fields = ["slug", "audience", "service_type", "queue"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        standing = {text.language: text for text in self.instance.texts.all()} if self.instance.pk else {}
        for code, language in settings.LANGUAGES:
            words = {"title": gettext("Title, %(language)s"), "body": gettext("Text, %(language)s")}
            for part, label in words.items():
                name = f"{part}_{NAMES_OF_LANGUAGES[code]}"
                self.initial[name] = getattr(standing.get(code), part, "")
                if name in self.fields:
                    self.fields[name].label = label % {"language": language}

    def texts(self) -> dict[str, dict[str, str]]:
        """What was typed, by language."""
        return {
            code: {part: self.cleaned_data.get(f"{part}_{name}") or "" for part in ("title", "body")}
            for code, name in NAMES_OF_LANGUAGES.items()
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        try:
            checked_texts(self.texts())
        except ValidationError as error:
            self.add_error(None, error.messages)
        return data

    def clean_slug(self) -> str:
        """In small letters, as addresses are."""
        return str(self.cleaned_data["slug"]).lower()

    def standing(self, name: str) -> Any:
        """Of a text, what is on record."""
        return self.initial[name] if _is_text(name) else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """Of a text, the text."""
        return value if _is_text(name) else super().typed(name, value)


def _is_text(name: str) -> bool:
    return name.startswith(("title_", "body_"))


def _add_fields() -> None:
    for code, name in NAMES_OF_LANGUAGES.items():
        ArticleForm.declared_fields[f"title_{name}"] = forms.CharField(
            max_length=LONGEST_TITLE,
            required=False,
            widget=UnfoldAdminTextInputWidget(attrs={"lang": code}),
        )
        ArticleForm.declared_fields[f"body_{name}"] = forms.CharField(
            max_length=LONGEST_BODY,
            required=False,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 16, "lang": code, "data-article-body": code}),
            help_text=_("Markdown: ## heading, **bold**, - list, 1. list, [words](address)."),
        )


_add_fields()


class PreviewForm(forms.Form):
    """What is typed so far."""

    body = forms.CharField(required=False, max_length=LONGEST_BODY, strip=False)


@admin.register(KnowledgeArticle)
class KnowledgeArticleAdmin(CandidModelAdmin):
    """Articles, with how many readers found them helpful."""

    form = ArticleForm
    empty_hint = _(
        "No articles yet. Write down an answer that is given often: customers find it below /help/, and agents get it "
        "suggested beside the ticket."
    )
    list_display = ["headline", "status", "audience", "service_type", "languages", "helpful", "published_at"]
    list_select_related = ["service_type"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("audience", ChoicesDropdownFilter),
        ("service_type", VisibleRelatedFilter),
        ("queue", VisibleRelatedFilter),
    ]
    search_fields = ["slug"]
    search_help_text = _("Words of title and text")
    ordering = ["slug"]
    fieldsets = [
        (None, {"fields": [("slug", "audience"), ("service_type", "queue")]}),
        (
            _("Texts"),
            {
                "classes": ["ar-texts"],
                "fields": [
                    tuple(f"title_{name}" for name in NAMES_OF_LANGUAGES.values()),
                    tuple(f"body_{name}" for name in NAMES_OF_LANGUAGES.values()),
                ],
            },
        ),
    ]
    change_form_outer_before_template = "admin/services/article/verbs.html"
    change_form_after_template = "admin/services/article/preview_box.html"

    class Media:
        css = {"all": ["services/articles.css"]}
        js = ["services/article-preview.js"]

    def get_urls(self) -> list[URLPattern]:
        """The verbs, each a POST, and the preview."""
        wrap, name = self.admin_site.admin_view, "services_knowledgearticle"
        return [
            path("preview/", wrap(self.preview), name=f"{name}_preview"),
            path("<int:pk>/publish/", wrap(self.publish), name=f"{name}_publish"),
            path("<int:pk>/archive/", wrap(self.archive), name=f"{name}_archive"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With votes and texts."""
        rows: Any = super().get_queryset(request)
        return rows.with_votes().prefetch_related("texts")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Articles of which one text has every word."""
        words = stems_sought(search_term)
        if not words:
            return (queryset.none() if search_term.strip() else queryset), False
        texts = ArticleText.objects.filter(words__begin=words).order_by().values("article")
        return queryset.filter(pk__in=texts), False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With what readers say of it, and a place for each preview."""
        extra = {**(extra_context or {}), "article_languages": settings.LANGUAGES}
        if object_id and is_key(object_id) and request.user.has_perm("services.view_articlevote"):
            votes = ArticleVote.objects.visible_to(request.user).filter(article=int(object_id))
            extra["comments"] = list(votes.exclude(comment="")[:COMMENTS_SHOWN])
        return super().changeform_view(request, object_id, form_url, extra)

    def history_parts(self, row: Any) -> Any:
        """Its texts."""
        return row.texts.all()

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How a text reads. Writes nothing; posted, since it is too long for an address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PreviewForm(request.POST)
        is_good = form.is_valid()
        html = html_of(form.cleaned_data["body"]) if is_good else ""
        context = {"html": mark_safe(html), "is_too_long": not is_good}  # noqa: S308 - cleaned by html_of
        return TemplateResponse(request, "admin/services/article/preview.html", context, status=200 if is_good else 422)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put it into use."""
        return self._do(request, pk, publish_article, gettext("“%(title)s” is published."))

    def archive(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it out of use."""
        return self._do(request, pk, archive_article, gettext("“%(title)s” is archived: nobody finds it any more."))

    def _do(self, request: HttpRequest, pk: int, verb: Callable[..., Any], said: str) -> HttpResponse:
        article = self.get_queryset(request).filter(pk=pk).first()
        if article is None:
            raise Http404(gettext("There is no such article."))
        if request.method != "POST" or not self.has_change_permission(request, article):
            raise PermissionDenied
        try:
            verb(article=article, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, said % {"title": _title(article)})
        return HttpResponseRedirect(reverse("admin:services_knowledgearticle_change", args=[pk]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        names = form.changed_data if change else ArticleForm.Meta.fields
        given = {name: form.cleaned_data[name] for name in names if name in ArticleForm.Meta.fields}
        article = KnowledgeArticle.objects.get(pk=obj.pk) if change else KnowledgeArticle()
        seen = form.cleaned_data.get("seen_version") if change else None
        done = write_article(
            article=article, changes=given, texts=form.texts(), at=timezone.now(), expected_version=seen
        )
        obj.__dict__.update(done.__dict__)

    @admin.display(description=_("title"), ordering="slug")
    def headline(self, article: Any) -> SafeString:
        """The title in the reader's language, and the address."""
        return format_html(
            '<span class="cd-two"><b>{}</b><small>/help/{}/</small></span>', _title(article), article.slug
        )

    @display(
        description=_("state"),
        ordering="state",
        label={ArticleState.DRAFT: "info", ArticleState.PUBLISHED: "success", ArticleState.ARCHIVED: "warning"},
    )
    def status(self, article: Any) -> tuple[str, str]:
        """In a word."""
        return article.state, article.get_state_display()

    @admin.display(description=_("languages"))
    def languages(self, article: Any) -> str:
        """Which languages it is written in."""
        written = {text.language for text in article.texts.all()}
        return ", ".join(str(name) for code, name in settings.LANGUAGES if code in written)

    @admin.display(description=_("helpful"), ordering="votes_helpful")
    def helpful(self, article: Any) -> str:
        """Which part of how many votes."""
        if not article.votes_all:
            return "–"
        share = percent(article.votes_helpful, article.votes_all)
        return gettext("%(share)s %% of %(n)d") % {"share": share, "n": article.votes_all}


@admin.register(ArticleVote)
class ArticleVoteAdmin(ReadOnlyModelAdmin):
    """What readers say, newest first."""

    empty_hint = _("Nobody has voted yet. Below each article readers say whether it helped.")
    list_display = ["article", "is_helpful", "comment", "language", "voted_at"]
    list_display_links = None
    list_select_related = ["article"]
    list_filter = [("is_helpful", BooleanRadioFilter), ("article", VisibleRelatedFilter)]
    search_fields = ["comment"]
    ordering = ["-voted_at", "-pk"]


def _title(article: Any) -> str:
    text = article.text_in(get_language() or "")
    return text.title if text else str(article)
