"""The page on the architecture names what is there: every path, every layer, and a picture that stands by itself."""

import re

from defusedxml import ElementTree
from django.apps import apps

from tests.guides.blocks import ROOT

PAGE = ROOT / "docs" / "architecture.md"
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
ROOMS = ("analytics", "customers", "services")
SVG = "{http://www.w3.org/2000/svg}"


def test_every_path_that_it_names_exists() -> None:
    named = {span for span in re.findall(r"`([^`\s]+/[^`\s]*)`", PAGE.read_text()) if not span.startswith("./")}
    # Within a room: `admin/` and the like.
    missing = [name for name in named if not any((ROOT / place / name).exists() for place in (".", *ROOMS))]
    assert len(named) > 40 and not missing


def test_every_room_is_told_of_and_drawn() -> None:
    picture = "".join(ElementTree.parse(PICTURE).getroot().itertext())
    for room in (*ROOMS, "crm"):
        assert apps.is_installed(room) or apps.get_app_config(room)
        assert f"`{room}/`" in PAGE.read_text() and f"{room}/" in picture


def test_the_picture_asks_for_nothing_and_says_what_it_shows() -> None:
    root = ElementTree.parse(PICTURE).getroot()
    assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    assert "prefers-color-scheme: dark" in PICTURE.read_text()
    assert not re.search(r"(?:href|src)=|url\((?!#)|<script", PICTURE.read_text())
    assert PICTURE.stat().st_size < 20_000
