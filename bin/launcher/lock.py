"""`./bin/crm lock`: compile the direct requirements into fully pinned files for every supported Python."""

import subprocess

from launcher import environment, say
from launcher.paths import ROOT, python

OLDEST_PYTHON = "3.11"
OPTIONS = [
    "--universal",
    "--python-version",
    OLDEST_PYTHON,
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
    "--custom-compile-command",
    "./bin/crm lock",
]


def main(arguments: list[str]) -> int:
    """Write both requirements files; `--upgrade` takes newer versions than those pinned now."""
    environment.ensure(development=True)
    compile_ = [python(), "-m", "uv", "pip", "compile", *OPTIONS, *arguments]
    for words in (
        ["requirements.in", "--output-file", "requirements.txt"],
        ["requirements-dev.in", "--constraint", "requirements.txt", "--output-file", "requirements-dev.txt"],
    ):
        done = subprocess.run([*compile_, *words], cwd=ROOT, env=environment.child_environment())
        if done.returncode != 0:
            raise say.Refusal("The requirements could not be compiled.")
    environment.ensure(development=True)
    return 0
