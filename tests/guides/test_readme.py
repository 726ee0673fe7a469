"""The README in Chinese says what the English one says: the same headings, commands, tables, pictures and links."""

import re
from pathlib import Path

from tests.guides.blocks import ROOT, blocks, without_blocks
from tests.guides.commands import SPAN
from tests.guides.test_links import LINK

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
EACH_OTHER = {"README.md", "README.zh-CN.md"}


def test_both_have_the_same_headings() -> None:
    levels = [re.findall(r"^(#+) ", without_blocks(path), re.MULTILINE) for path in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]


def test_both_have_the_same_commands_in_the_same_order() -> None:
    lines = [
        [line.partition("#")[0].strip() for _language, text in blocks(path) for line in text.splitlines()]
        for path in (ENGLISH, CHINESE)
    ]
    assert lines[0] == lines[1] and len(lines[0]) > 10


def test_both_have_the_same_tables_and_name_the_same_things() -> None:
    rows = [[line.count("|") for line in _lines(path) if line.startswith("|")] for path in (ENGLISH, CHINESE)]
    assert rows[0] == rows[1]
    named = [sorted(SPAN.findall(without_blocks(path))) for path in (ENGLISH, CHINESE)]
    assert named[0] == named[1]


def test_both_lead_to_the_same_places_and_to_each_other() -> None:
    links = [
        {_place(found[1] or found[2]) for found in LINK.finditer(without_blocks(path))} for path in (ENGLISH, CHINESE)
    ]
    assert "README.zh-CN.md" in links[0] and "README.md" in links[1]
    assert links[0] - EACH_OTHER == links[1] - EACH_OTHER


def test_the_chinese_one_is_in_chinese() -> None:
    for line in _lines(CHINESE):
        text = re.sub(r"`[^`]*`|\([^)]*\)|<source [^>]*>|\W", "", line)
        assert len(text) < 30 or re.search(r"[\u4e00-\u9fff]", text), line
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", line), f"half-width punctuation: {line}"


def test_the_first_screen_says_what_it_is_shows_it_and_starts_it() -> None:
    for path in (ENGLISH, CHINESE):
        first = path.read_text().splitlines()[:22]
        assert any(line.startswith(("![", "<picture>")) for line in first)
        assert {"./bin/crm demo", "./bin/crm test"} <= {line.partition("#")[0].strip() for line in first}


def _place(target: str) -> str:
    """Where a link leads to; a picture in Chinese is the same picture."""
    return target.replace("-zh", "") if target.endswith(".png") else target


def _lines(path: Path) -> list[str]:
    return without_blocks(path).splitlines()
