"""The fenced blocks of a guide, as a reader meets them."""

import re
from pathlib import Path
from textwrap import dedent

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GUIDES = ROOT / "docs" / "guides"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def documents() -> list[Path]:
    """Every document of ours, in a steady order."""
    hidden = {".venv", "var", "node_modules", ".git", "test-results"}
    found = [path for path in ROOT.rglob("*.md") if not hidden & {*path.relative_to(ROOT).parts}]
    return sorted(found)


def blocks(path: Path) -> list[tuple[str, str]]:
    """Language and text of each fenced block of a document, in order; without what a block in a list is indented by."""
    return [(language, dedent(text)) for _indent, language, text in FENCE.findall(path.read_text())]


def without_blocks(path: Path) -> str:
    """The document without its fenced blocks."""
    return FENCE.sub("", path.read_text())
