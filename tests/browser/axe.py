"""What axe-core finds on a page."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
CONTRAST = ("color-contrast",)


def faults(page: Page, *, rules: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """What is serious or critical: the rule, and its first places. `rules`: these only."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": [*rules]}
    for found in Axe().run(page, options=options).response["violations"]:
        if found["impact"] in SERIOUS:
            nodes = [f"{node['html'][:200]} {node['failureSummary'][:200]}" for node in found["nodes"][:3]]
            yield found["id"], " | ".join(nodes)
