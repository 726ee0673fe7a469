"""The Chinese catalogues hold every string, each with its translation, and are compiled."""

import gettext
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation.trans_real import catalog

from tests.translations.catalogues import (
    CATALOGUES,
    OF_PACKAGES,
    ROOT,
    Entry,
    entries,
    extract_from,
    extract_ours,
    need_gettext,
    run,
)

pytestmark = pytest.mark.gettext

PACKAGES = [
    "unfold",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    *(f"django/{part}" for part in ("contrib/admin", "contrib/auth", "core", "db", "forms", "utils")),
]
# xgettext looks for these names alone: a string under another one is never found, and stays English.
ALIAS = re.compile(r"\b[np]*gettext(?:_lazy)? as (?!_\b)\w+")
PLACEHOLDER = re.compile(r"%\(\w+\)[-.\d]*[a-z]|%[-.\d]*[sdrf]|\{\w*\}")
each_catalogue = pytest.mark.parametrize("source", CATALOGUES, ids=["ours", "packages"])


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    need_gettext()


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our catalogue, brought up to date elsewhere."""
    return extract_ours(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def of_packages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the packages say to people."""
    return extract_from(PACKAGES, tmp_path_factory.mktemp("packages"))


def test_no_string_hides_behind_another_name() -> None:
    files = [file for room in ("analytics", "crm", "customers", "services") for file in (ROOT / room).rglob("*.py")]
    assert not [str(file) for file in files if ALIAS.search(file.read_text())]


@pytest.mark.parametrize("wrong", ["--untranslated", "--only-fuzzy", "--only-obsolete"])
def test_every_string_of_ours_is_translated_and_no_other_is_kept(extracted: Path, wrong: str) -> None:
    found = run("msgattrib", wrong, extracted).partition("\n\n")[2]
    assert not found, f"run `./bin/crm messages`, then translate:\n{found}"


@each_catalogue
def test_nothing_committed_is_left_open(source: Path) -> None:
    assert all(entry.translation for entry in entries(source))
    assert not run("msgattrib", "--only-fuzzy", source)
    assert not run("msgattrib", "--only-obsolete", source)


@each_catalogue
def test_the_compiled_catalogue_is_of_its_source(source: Path, tmp_path: Path) -> None:
    run("msgfmt", "--check", "--output-file", tmp_path / "fresh.mo", source)
    assert catalogue_of(source.with_suffix(".mo")) == catalogue_of(tmp_path / "fresh.mo"), "run `./bin/crm messages`"


@each_catalogue
def test_placeholders_are_the_same_in_both_languages(source: Path) -> None:
    different = [entry for entry in entries(source) if placeholders(entry.translation) != placeholders_of(entry)]
    assert not different


def test_what_packages_leave_in_english_is_translated(of_packages: set[str]) -> None:
    with translation.override("zh-hans"):
        known = vars(catalog())["_catalog"]
        missing = sorted(text for text in of_packages if text not in known and (text, 0) not in known)
    assert not missing, f"translate these in {OF_PACKAGES}"


def test_nothing_is_kept_that_no_package_says(of_packages: set[str]) -> None:
    assert {entry.key for entry in entries(OF_PACKAGES)} <= of_packages


def catalogue_of(compiled: Path) -> Any:
    """What a program reads from it, without the header."""
    with compiled.open("rb") as stream:
        found: dict[Any, str] = vars(gettext.GNUTranslations(stream))["_catalog"]
    return {source: text for source, text in found.items() if source}


def placeholders(text: str) -> Counter[str]:
    """How often each stands in a text."""
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def placeholders_of(entry: Entry) -> Counter[str]:
    """Those of the source: of its plural, where it has one, since Chinese knows one form for all."""
    return placeholders(entry.plural or entry.source)
