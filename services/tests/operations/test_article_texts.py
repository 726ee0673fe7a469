"""Markdown becomes HTML that does nothing but show, and plain text that reads well in a mail."""

import re

import pytest
from django.test import override_settings

from services.operations.article_texts import excerpt_of, html_of, link_of, plain_of


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/x.png)",
        '<a href="https://a.example" style="position:fixed">x</a>',
        '[x](<https://a.example/" onclick="alert(1)>)',
    ],
)
def test_nothing_runs_and_nothing_is_loaded(body: str) -> None:
    html = html_of(body)
    tags = " ".join(re.findall(r"<[^>]*>", html))
    assert not re.findall(r"<(?:script|img|svg)|href=.(?:javascript|data)|\s(?:style|onclick)=", tags), html


def test_the_usual_marks_are_shown_below_the_title() -> None:
    html = html_of("# One\n\n**bold** ~~gone~~ `code`\n\n- a\n\n|a|b|\n|-|-|\n|1|2|\n\n[we](/help/x/)")
    for part in (
        "<h2>One</h2>",
        "<strong>bold</strong>",
        "<s>gone</s>",
        "<code>code</code>",
        "<li>a</li>",
        "<td>1</td>",
    ):
        assert part in html
    assert 'href="/help/x/"' in html and "<h1" not in html


@override_settings(PUBLIC_URL="https://crm.example.com")
def test_plain_text_keeps_numbers_and_whole_addresses() -> None:
    plain = plain_of(
        "Do this:\n\n1. Turn **it** off\n2. Wait\n\n- or not\n\nSee [more](/help/x/) and [us](https://a.example/)."
    )
    assert "1. Turn it off\n2. Wait" in plain and "- or not" in plain and "**" not in plain
    assert "more <https://crm.example.com/help/x/>" in plain and "us <https://a.example/>" in plain
    assert link_of("x") == "https://crm.example.com/help/x/"


def test_deep_nesting_is_survived() -> None:
    assert html_of("> " * 5000 + "x") and html_of("- " * 5000 + "x") and excerpt_of("*a " * 9_000, ["x"])


def test_an_excerpt_of_a_script_without_spaces_is_cut_as_well() -> None:
    assert 80 < len(excerpt_of("水" * 400 + "泵漏" + "水" * 400, ["泵漏"])) < 120
    assert "泵漏" in excerpt_of("水" * 400 + "泵漏" + "水" * 400, ["泵漏"])
