"""`./bin/crm messages`: bring new strings into the Chinese catalogue and compile it."""

import shutil
import subprocess
from pathlib import Path

from launcher import environment, say, secret_values
from launcher.paths import ROOT, python

LANGUAGE = "zh_Hans"
# Ours, which makemessages writes; and what the packages leave in English, written by hand.
FOLDERS = ["locale", "locale/packages"]
NOT_SHOWN = [".venv", "var", "tests", "bench", "bin"]
EXTRACT = ["makemessages", "--locale", LANGUAGE, "--add-location", "file"]
EXTRACT += [word for name in NOT_SHOWN for word in ("--ignore", name)]
TOOLS = ["xgettext", "msgmerge", "msgattrib", "msgfmt"]


def main(arguments: list[str]) -> int:
    """Extract and compile; 0 only when nothing is left to translate."""
    if arguments:
        raise say.Refusal("`./bin/crm messages` takes no other word.")
    if any(shutil.which(tool) is None for tool in TOOLS):
        raise say.Refusal("This needs gettext: apt install gettext")
    environment.ensure()
    values = environment.child_environment()
    values.update(secret_values.throw_away())
    extract = [python(), "manage.py", *EXTRACT, "--no-obsolete"]
    if subprocess.run(extract, cwd=ROOT, env=values).returncode != 0:
        raise say.Refusal("The strings could not be extracted.")
    complete = [_compile(ROOT / folder / LANGUAGE / "LC_MESSAGES" / "django.po") for folder in FOLDERS]
    return 0 if all(complete) else 1


def _compile(catalogue: Path) -> bool:
    """Compile a catalogue; print the entries that want a translator and return False where there are any."""
    compiled = subprocess.run(["msgfmt", "--check", "--output-file", catalogue.with_suffix(".mo"), catalogue])
    wanting = _entries(catalogue, "--untranslated") + _entries(catalogue, "--only-fuzzy")
    if wanting:
        say.line(f"These strings of {catalogue.relative_to(ROOT)} want a translation:\n\n{wanting}")
    return compiled.returncode == 0 and not wanting


def _entries(catalogue: Path, which: str) -> str:
    done = subprocess.run(["msgattrib", which, catalogue], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.partition("\n\n")[2]  # after the header
