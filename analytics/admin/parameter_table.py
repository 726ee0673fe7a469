"""Parameters that are read: tables of numbers."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def number_of(value: Any) -> str:
    """A parameter as it is read."""
    return "–" if value is None else f"{value:.4g}"


def table_of(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> SafeString:
    """A table as HTML: heads, and rows of cells."""
    head = format_html_join("", "<th>{}</th>", ((word,) for word in heads))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (format_html("<th>{}</th>{}", row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))),)
            for row in rows
        ),
    )
    return format_html('<div class="cd-scroll"><table class="cd-table"><tr>{}</tr>{}</table></div>', head, body)
