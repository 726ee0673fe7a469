"""Every link and picture of every document leads somewhere: files, and headings within them."""

import re
from functools import cache
from pathlib import Path

from tests.guides.blocks import ROOT, documents, without_blocks

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
SPAN = re.compile(r"`[^`]*`")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
OUTSIDE = ("http://", "https://", "mailto:")


def test_every_link_and_picture_is_there() -> None:
    broken = []
    for path in documents():
        text = SPAN.sub("", without_blocks(path))
        for found in LINK.finditer(text):
            target = found[1] or found[2]
            if not target.startswith(OUTSIDE) and not _leads_somewhere(path, target):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


def test_every_guide_is_linked_from_the_readme_or_from_a_guide() -> None:
    linked = set()
    for path in documents():
        for found in LINK.finditer(without_blocks(path)):
            target = (found[1] or found[2]).partition("#")[0]
            if target and not target.startswith(OUTSIDE):
                linked.add((path.parent / target).resolve())
    alone = [path for path in (ROOT / "docs").rglob("*.md") if path.resolve() not in linked]
    # The README links their folder as a whole.
    assert [str(path.relative_to(ROOT)) for path in alone if path.parent.name != "decisions"] == []


def test_an_anchor_is_made_as_github_makes_it() -> None:
    assert _anchor("`./bin/crm bench events`") == "bincrm-bench-events"
    assert _anchor("Access, export, erasure") == "access-export-erasure"
    assert _anchor("The [two](x.md) **commands**") == "the-two-commands"


def _leads_somewhere(path: Path, target: str) -> bool:
    name, _hash, anchor = target.partition("#")
    file = (path.parent / name).resolve() if name else path
    if not file.exists() or ROOT not in file.parents:
        return False
    return not anchor or (file.suffix == ".md" and anchor in _anchors(file))


@cache
def _anchors(path: Path) -> set[str]:
    found: dict[str, int] = {}
    anchors = set()
    for heading in HEADING.findall(without_blocks(path)):
        anchor = _anchor(heading)
        again = found.get(anchor, 0)
        found[anchor] = again + 1
        anchors.add(f"{anchor}-{again}" if again else anchor)
    return anchors


def _anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain).strip().lower().replace(" ", "-")
