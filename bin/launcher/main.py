"""Words of the command line and what each does."""

import os
from collections.abc import Callable

from launcher import (
    bench,
    chaos,
    checks,
    demo,
    environment,
    fuzz,
    installation,
    lock,
    messages,
    say,
    secret_values,
    suite,
)
from launcher.paths import ROOT, python
from launcher.processes import Stop

HELP = """\
Candid: a customer relationship system that shows its working.

  ./bin/crm demo [--port N]   serve the demo company on this machine; Ctrl-C stops it
  ./bin/crm test [--db DB]    run the tests; DB is sqlite (default), postgres, mariadb or all;
                              every other word goes to pytest
  ./bin/crm check [NAME ...]  lint, types, contracts, migrations, deployment, schema, templates
  ./bin/crm bench [NAME]      measure; one line a figure
  ./bin/crm fuzz [NAME ...]   try what nobody would think of, for minutes; `--help` says more
  ./bin/crm chaos [--faults N]  kill, freeze and wipe what it stands on under load, 200 times
  ./bin/crm lock [--upgrade]  compile requirements*.in into pinned requirements*.txt
  ./bin/crm messages          bring new strings into the Chinese catalogue and compile it
  ./bin/crm setup             make the Python environment and the secrets, nothing else
  ./bin/crm WORD ...          manage.py WORD ... in the project's environment; `./bin/crm help` lists them
"""


def setup(arguments: list[str]) -> int:
    """Make the environment and the secrets."""
    if arguments:
        raise say.Refusal("`./bin/crm setup` takes no other word.")
    environment.ensure()
    secret_values.ensure()
    say.step("Ready")
    return 0


WORDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo.main,
    "test": suite.main,
    "check": checks.main,
    "bench": bench.main,
    "fuzz": fuzz.main,
    "chaos": chaos.main,
    "lock": lock.main,
    "messages": messages.main,
    "setup": setup,
}


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        say.line(HELP)
        return 0
    word = WORDS.get(arguments[0])
    try:
        return word(arguments[1:]) if word else _manage(arguments)
    except say.Refusal as refusal:
        say.error(str(refusal))
        return 1
    except (KeyboardInterrupt, Stop):
        say.error("Stopped.")
        return 130


def _manage(arguments: list[str]) -> int:
    """Become manage.py, with the settings of the installation; where there is none, with the secrets of this folder
    and, while a demo runs, its broker."""
    environment.ensure()
    values = environment.child_environment()
    installed = installation.settings()
    given = _of_this_folder() if installed is None else installed
    values.update({name: value for name, value in given.items() if name not in values})
    if installed is not None:
        installation.become_owner(values.get("CRM_VAR_DIR", ""))
    os.execve(python(), [python(), str(ROOT / "manage.py"), *arguments], values)  # noqa: S606  (no shell is meant)


def _of_this_folder() -> dict[str, str]:
    redis_url = demo.running_redis()
    return secret_values.ensure() | ({"REDIS_URL": redis_url} if redis_url else {})
