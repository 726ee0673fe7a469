"""Tests that need more than a plain machine has; test_rules.py runs this file, whose name hides it from other runs."""

from pathlib import Path

import pytest


@pytest.mark.browser
def test_that_needs_a_browser() -> None: ...


def test_that_needs_data(data_dir: Path) -> None: ...


@pytest.mark.postgres
def test_of_another_database() -> None: ...


@pytest.mark.once("postgres", reason="so that test_rules.py sees it left out")
def test_of_another_database_in_ci() -> None: ...


def test_that_needs_nothing() -> None: ...
