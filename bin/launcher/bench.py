"""`./bin/crm bench [NAME]`: measure on DATABASE_URL, or on a throw-away PostgreSQL."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher import broker, databases, environment, say, secret_values
from launcher.paths import ROOT, python
from launcher.processes import Group, ignore_signals, stop_on_signals


def main(arguments: list[str]) -> int:
    """Run one benchmark or all; each prints lines of `name value unit`."""
    files = _files(arguments[:1])
    stop_on_signals()
    environment.ensure(development=True)  # some measure against packages that the product does not need
    failed = [file.stem for file in files if not _passes(file, arguments[1:])]
    if failed:
        say.error(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _files(names: list[str]) -> list[Path]:
    files = {file.stem: file for file in sorted((ROOT / "bench").glob("*.py")) if not file.stem.startswith("_")}
    unknown = [name for name in names if name not in files]
    if unknown or not files:
        raise say.Refusal(f"No such benchmark. There are: {', '.join(files) or 'none'}.")
    return [files[name] for name in names] or list(files.values())


def _passes(file: Path, words: list[str]) -> bool:
    """Run a benchmark on a database of its own, so that their order does not matter."""
    with _server() as values:
        migrated = subprocess.run([python(), "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=values)
        return migrated.returncode == 0 and (
            subprocess.run([python(), str(file), *words], cwd=ROOT, env=values).returncode == 0
        )


@contextmanager
def _server() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # a database server may run under another account
        group = Group(folder / "log")
        given = os.environ.get("DATABASE_URL")
        try:
            with databases.url_of("sqlite" if given else "postgres", folder, roomy=True) as url:
                values = environment.child_environment()
                values.update(secret_values.throw_away(), CRM_VAR_DIR=temporary, PYTHONPATH=str(ROOT))
                values["CRM_TOTP_ROLES"] = ""  # what is measured is behind one log-in
                values["DATABASE_URL"] = given or url or ""
                values["REDIS_URL"] = broker.start(group, folder / "valkey", durable=False)
                yield values
        finally:
            ignore_signals()
            group.stop()
            stop_on_signals()
