"""`./bin/crm check`: lint, types, contracts, migrations, deployment, schema, templates."""

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from launcher import environment, say, secret_values
from launcher.paths import ROOT, python, venv_dir

OURS = ["crm", "customers", "services", "analytics", "bin/launcher", "bench", "tests", "conftest.py", "manage.py"]


def main(arguments: list[str]) -> int:
    """Run every check, or those named; 0 only when all pass."""
    environment.ensure(development=True)
    checks = _checks()
    unknown = [name for name in arguments if name not in checks]
    if unknown:
        raise say.Refusal(f"No such check: {', '.join(unknown)}. There are: {', '.join(checks)}.")
    with tempfile.TemporaryDirectory(prefix="candid-check-") as folder:
        values = _production(folder)
        names = arguments or [*checks]
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process
            passed = pool.map(lambda name: _passes(name, checks[name], values), names)
        failed = [name for name, good in zip(names, passed, strict=True) if not good]
    say.line(f"failed: {', '.join(failed)}" if failed else "all checks pass")
    return 1 if failed else 0


def _checks() -> dict[str, list[str]]:
    manage = [python(), "manage.py"]
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    checks = {  # the longest first, as they run side by side
        "types": [_tool("mypy"), *[path for path in OURS if (ROOT / path).exists()]],
        "lint": [_tool("ruff"), "check", "--quiet", ".", "bin/crm"],
        "format": [_tool("ruff"), "format", "--check", "--quiet", ".", "bin/crm"],
        "contracts": [_tool("lint-imports"), "--no-logo"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "schema": [*manage, "spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null"],
    }
    if templates:
        checks["templates"] = [_tool("djade"), "--check", "--target-version", "5.2", *templates]
    return checks


def _production(folder: str) -> dict[str, str]:
    """Return the environment of a proper production server, away from this machine's data."""
    values = environment.child_environment()
    values.update(secret_values.throw_away(), CRM_VAR_DIR=folder, DEBUG="false", ALLOWED_HOSTS="crm.example.org")
    for name in ("DATABASE_URL", "CRM_HTTPS"):
        values.pop(name, None)
    return values


def _passes(name: str, command: list[str], values: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=values, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    good = done.returncode == 0
    told = "ok" if good else "FAILED"
    # In one go, since another check may speak at the same time.
    say.step(f"{name:<12}{told} in {time.monotonic() - started:.1f} s" + ("" if good else f"\n{done.stdout}"))
    return good


def _tool(name: str) -> str:
    return str(venv_dir() / "bin" / name)
