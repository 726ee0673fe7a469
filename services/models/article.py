"""The knowledge base: articles, each with a text in one language or several, and what readers say of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Audited, Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.choices import ArticleState, Audience
from services.folding import as_many_as_fit, words_of
from services.models.desk import Queue, ServiceType
from services.models.search import WordsField
from services.querysets.articles import ArticleQuerySet, ArticleTextQuerySet

LONGEST_BODY = 50_000
# Below /help/ these are pages of their own.
TAKEN = {"suggest"}


class KnowledgeArticle(Versioned):
    """An answer that is given often. Its texts are rows of their own; its state is moved by verbs."""

    slug = models.SlugField(
        _("address"), max_length=100, unique=True, help_text=_("The last part of its address: /help/…/.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=ArticleState, default=ArticleState.DRAFT, editable=False
    )
    audience = models.CharField(_("for whom"), max_length=12, choices=Audience, default=Audience.PUBLIC)
    service_type = models.ForeignKey(
        ServiceType, models.SET_NULL, verbose_name=_("service type"), null=True, blank=True, related_name="articles"
    )
    queue = models.ForeignKey(
        Queue,
        models.SET_NULL,
        verbose_name=_("queue"),
        null=True,
        blank=True,
        related_name="articles",
        help_text=_("Who keeps it up to date."),
    )
    # When it was first published.
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)

    objects = ArticleQuerySet["KnowledgeArticle"].as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """Refuse an address that another page has."""
        if self.slug in TAKEN:
            raise ValidationError({"slug": _("This address is taken by another page.")})

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it now."""
        return self.state == ArticleState.PUBLISHED and self.audience == Audience.PUBLIC

    def text_in(self, language: str) -> "ArticleText | None":
        """The text in this language; else the first that there is. Reads `texts`, which a list fetches ahead."""
        texts = list(self.texts.all())
        return next((text for text in texts if text.language == language), texts[0] if texts else None)


class ArticleText(Audited):
    """An article in one language: a title and Markdown; and the words by which it is found."""

    article = models.ForeignKey(KnowledgeArticle, models.CASCADE, verbose_name=_("article"), related_name="texts")
    language = models.CharField(_("language"), max_length=12)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), validators=[MaxLengthValidator(LONGEST_BODY)])
    title_words = WordsField(editable=False)
    words = WordsField(editable=False)

    audit_leaves_out = frozenset({"title_words", "words"})

    objects = ArticleTextQuerySet["ArticleText"].as_manager()

    class Meta:
        verbose_name = _("text of an article")
        verbose_name_plural = _("texts of articles")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="article_text_once")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever, with the words it is found by."""
        self.find_words()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "title_words", "words"}
        super().save(*args, **kwargs)

    save.alters_data = True  # type: ignore[attr-defined]

    def find_words(self) -> None:
        """Take the words anew from title and body."""
        self.title_words = as_many_as_fit(words_of(self.title))
        self.words = as_many_as_fit(words_of(f"{self.title} {self.body}"))


class ArticleVote(models.Model):
    """Whether a reader found an article helpful. Who that was is not on record: `voter` is a hash of a random cookie
    (or of a colleague's key) and the article, by which nobody is found, nor that two votes are of one reader."""

    article = models.ForeignKey(KnowledgeArticle, models.CASCADE, verbose_name=_("article"), related_name="votes")
    voter = models.CharField(max_length=64, editable=False)
    is_helpful = models.BooleanField(_("helpful"))
    comment = models.TextField(_("comment"), blank=True, validators=[MaxLengthValidator(2000)])
    language = models.CharField(_("language"), max_length=12)
    voted_at = models.DateTimeField(_("voted at"))

    objects = OpenCatalogueQuerySet["ArticleVote"].as_manager()

    class Meta:
        verbose_name = _("vote on an article")
        verbose_name_plural = _("votes on articles")
        ordering = ["-voted_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "voter"], name="article_vote_once")]

    def __str__(self) -> str:
        return str(_("helpful") if self.is_helpful else _("not helpful"))
