"""Who watches the matrix: it turns red when any one scope is taken away.

A scope is one use of `visible_to`: at one place, for rows of one model. All of them are found from the code and by
watching; each in turn lets everything through, and the rows of the matrix that came by it are asked again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.matrix.asking import Viewer
from tests.security.matrix.beside import beside as beside
from tests.security.matrix.beside import otto as otto
from tests.security.matrix.outsider import gates, rows_of
from tests.security.matrix.row import Row
from tests.security.matrix.rows import Rows
from tests.security.matrix.scopes import ROOT, Scope, Watch, gated_models, open_models, places, watched
from tests.security.matrix.second_locks import SECOND_LOCKS, WATCHED

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("quiet", "lean")]

# So many rows of the matrix are asked anew for a scope, those that are most about it first.
AT_MOST = 25


def test_the_gate_of_every_model_is_watched() -> None:
    with watched() as watch:
        assert {row.name: row.red() for row in gates() if row.red()} == {}
        for model, row in zip(gated_models(), gates(), strict=True):
            watch.open_model = model._meta.label
            assert row.red(), f"the gate of {model._meta.label} stands open, and no row of the matrix is red"


@pytest.mark.once("sqlite", reason="a thousand requests, and a thousand more: which scope a row comes by is the same")
def test_the_matrix_turns_red_without_any_one_scope(otto: Viewer, rows: Rows, beside: Rows) -> None:
    # The gate of these lets every active user through, so that nothing is to be seen without it: watched above.
    catalogue = open_models()
    red: dict[str, str] = {}
    came_by: dict[Scope, list[tuple[int, Row]]] = {}
    with watched() as watch:
        for row in rows_of(otto, rows, beside):
            watch.seen.clear()
            if reason := row.red():
                red[row.name] = reason
            for scope in watch.seen:
                came_by.setdefault(scope, []).append((len(watch.seen), row))
        assert red == {}, "the matrix is red as it is"
        narrow = [scope for scope in came_by if scope.model not in catalogue]
        survived = {str(scope) for scope in narrow if not turns_red(watch, scope, came_by[scope])}
    unseen = {str(place) for place in places() - {scope.place for scope in came_by}}
    green = survived | unseen
    known = SECOND_LOCKS.keys() | WATCHED.keys()
    assert green - known == set(), "no row of the matrix is red without: add one (outsider.py), or a test (WATCHED)"
    assert known - green == set(), "the matrix is red without these: take them out of second_locks.py"


def turns_red(watch: Watch, scope: Scope, rows: list[tuple[int, Row]]) -> bool:
    """Whether a row of the matrix is red while this scope lets everything through."""
    word = scope.model.partition(".")[2].lower()

    def far(pair: tuple[int, Row]) -> tuple[bool, int]:
        name = pair[1].name.lower()
        return word not in name and not name.startswith("numbers"), pair[0]

    watch.removed = str(scope)
    try:
        return any(row.red() for _seen, row in sorted(rows, key=far)[:AT_MOST])
    finally:
        watch.removed = ""


@pytest.mark.once("sqlite", reason="a process of its own, with a database of its own; the tests it runs run on each")
def test_what_the_matrix_does_not_see_other_tests_do(tmp_path: Path) -> None:
    watching = sorted({*WATCHED.values()})
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "--tb=line",
        "-p",
        "tests.security.matrix.opened",
        *watching,
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "PYTEST_"))}
    environment = {**kept, "CRM_VAR_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
