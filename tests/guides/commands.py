"""The commands that stand in the documents: in fenced blocks, and in the running text between back ticks."""

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from django.core.management import get_commands

from tests.guides.blocks import ROOT, blocks, documents, without_blocks

Words = tuple[str, ...]

OURS = ("analytics", "crm", "customers", "services")
# What was, not what is to be typed today.
HISTORY = {"CHANGELOG.md"}
SHELLS = {"sh", "bash", "shell", "console"}
SPAN = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
PREFIX = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:\./bin/crm|(?:python3? )?manage\.py) ")
OPTIONAL = re.compile(r" \[([^\]]*)\]")
ALTERNATIVES = re.compile(r"\b\w+(?:\|\w+)+\b")


def commands() -> dict[Words, list[str]]:
    """The words after `./bin/crm` of each command in the documents, and in which documents it stands."""
    found: dict[Words, list[str]] = defaultdict(list)
    for path in documents():
        name = str(path.relative_to(ROOT))
        if name in HISTORY:
            continue
        for text in (*_in_blocks(path), *_in_text(path)):
            for variant in variants(text):
                found[tuple(shlex.split(variant))].append(name)
    return dict(sorted(found.items()))


def other_programs() -> Iterator[tuple[str, str]]:
    """Document and first word of each line of a shell block that is no command of ours."""
    for path in documents():
        for language, text in blocks(path):
            if language in SHELLS:
                for line in text.replace("\\\n", " ").splitlines():
                    words = line.split("#")[0].split()
                    if words and not PREFIX.match(line):
                        yield str(path.relative_to(ROOT)), words[0]


def variants(text: str) -> list[str]:
    """What may be left out, `[--x]`, left out and not; each side of `[NAME | --all]`; of `a|b` each."""
    around = OPTIONAL.split(text)
    groups = [group.split(" | ") for group in around[1::2]]
    # None of it, and all of it: whichever stands between parses if these do.
    longest = max(map(len, groups), default=0)
    chosen = [[""] * len(groups), *([f" {group[n % len(group)]}" for group in groups] for n in range(longest))]
    whole = ["".join(map("".join, zip(around[::2], (*choice, ""), strict=True))) for choice in chosen]
    return [one for text in dict.fromkeys(whole) for one in _alternatives(text)]


def _alternatives(text: str) -> list[str]:
    choices = [found.split("|") for found in ALTERNATIVES.findall(text)]
    around = ALTERNATIVES.split(text)
    return ["".join(map("".join, zip(around, (*chosen, ""), strict=True))) for chosen in product(*choices)]


def _in_blocks(path: Path) -> Iterator[str]:
    for _language, text in blocks(path):
        for line in text.replace("\\\n", " ").splitlines():
            if PREFIX.match(line):
                yield PREFIX.sub("", line).split(" #")[0].strip()


def _in_text(path: Path) -> Iterator[str]:
    known = {name for name, app in get_commands().items() if app in OURS}
    for span in SPAN.findall(without_blocks(path)):
        text = " ".join(span.split())
        if PREFIX.match(text):
            yield PREFIX.sub("", text)
        elif text.partition(" ")[0] in known and " " in text:
            yield text
