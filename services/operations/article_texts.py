"""The text of an article: Markdown as clean HTML, as plain text, and the part of it that speaks of something."""

import re

import nh3
from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from customers.folding import fold, is_spaceless
from services.mail.html import text_of

TAGS = {
    *("a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
EXCERPT = 180  # characters

# HTML within the Markdown is shown as it is typed. Pictures would be loaded from elsewhere, so they become links.
_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
_OWN = re.compile(r'href="/(?!/)')
_SPACE = re.compile(r"\s+")
_NUMBERED = re.compile(r"^- (?=\d+[.)] )", re.MULTILINE)  # an item that has its number needs no dash
_ITEM = re.compile(r"\n+(?:- |> )")


def html_of(body: str) -> str:
    """Markdown as HTML that shows text and links, and does nothing else. The title above it is the one h1."""
    return _rendered(_READER.parse(body))


def plain_of(body: str) -> str:
    """Markdown as it reads in a mail; links within the house have their whole address."""
    tokens = _READER.parse(body)
    number = ""
    for token in tokens:
        if token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline" and number and token.children is not None:
            token.children.insert(0, Token("text", "", 0, content=number))
            number = ""
    plain = text_of(_OWN.sub(f'href="{settings.PUBLIC_URL}/', _rendered(tokens)), is_clean=True)
    return _NUMBERED.sub("", plain)


def _rendered(tokens: list[Token]) -> str:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html = _READER.renderer.render(tokens, _READER.options, {})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener noreferrer", url_schemes=SCHEMES)


def link_of(slug: str) -> str:
    """Where customers read an article, with the host."""
    return f"{settings.PUBLIC_URL}{reverse('help-article', args=[slug])}"


def excerpt_of(body: str, words: list[str]) -> str:
    """About two lines of the text, from shortly before the first of these words; else its beginning."""
    text = text_of(html_of(body), is_clean=True)
    plain = _SPACE.sub(" ", _ITEM.sub(" · ", text))
    is_wide = is_spaceless(plain)
    most = EXCERPT // 2 if is_wide else EXCERPT
    folded = fold(plain)
    # Folding may change the length of a text: then the place is only about right.
    place = min((at for word in words if (at := folded.find(word)) >= 0), default=0)
    start = place - most // 4 if place > most // 2 else 0
    if start and not is_wide:  # not in the middle of a word
        start = plain.rfind(" ", 0, start) + 1
    part = plain[start : start + most]
    if start + most < len(plain):
        part = (part if is_wide else part.rpartition(" ")[0] or part) + " …"
    return f"… {part}" if start else part
