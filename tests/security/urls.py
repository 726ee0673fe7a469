"""Every address of the product, with something in the places of its arguments."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {"int": "1", "uuid": str(UUID(int=1)), "str": "1", "slug": "x", "path": "1"}
CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")
# Of patterns that are regular expressions, as those of Django's admin.
GROUP = re.compile(r"\(\?P<\w+>([^()]*)\)")


def every_address() -> list[str]:
    """All of them, each once."""
    return sorted({"/" + address.lstrip("/") for address in _addresses(get_resolver().url_patterns, "")})


def _addresses(patterns: list[Any], before: str) -> Iterator[str]:
    for pattern in patterns:
        address = before + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address


def _filled(route: str) -> str:
    filled = CONVERTER.sub(lambda found: SAMPLES.get(found[1] or "str", "1"), route) if "(?P" not in route else route
    filled = GROUP.sub(lambda found: found[1].partition("|")[0].replace(".*", "nothing"), filled)
    return filled.replace("^", "").replace("$", "").replace("\\Z", "")
