"""The virtual environment: made once, filled from the pinned requirements, stamped with their hash."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher import locks, say
from launcher.paths import ROOT, python, venv_dir

PRODUCT = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds the product's requirements too


def ensure(*, development: bool = False) -> None:
    """Have a virtual environment with the pinned packages; takes no time when it stands already."""
    file = DEVELOPMENT if development else PRODUCT
    if _is_current(file):
        return
    with locks.waiting("install"):
        if not _is_current(file):
            _make()
            _install(file)
            _write_stamp(file)


def child_environment() -> dict[str, str]:
    """Return the environment in which Python programs of the project run."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    # Otherwise each of five processes would compile every library again at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["VIRTUAL_ENV"] = str(venv_dir())
    environment["PATH"] = f"{venv_dir() / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    return environment


def _stamp_file() -> Path:
    return venv_dir() / "candid.json"


def _hash(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        stamp = json.loads(_stamp_file().read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _is_current(file: str) -> bool:
    stamp = _stamp()
    return stamp.get("python") == _python_version() and stamp.get(file) == _hash(file) and Path(python()).exists()


def _write_stamp(file: str) -> None:
    stamp = {"python": _python_version(), PRODUCT: _hash(PRODUCT)}
    if file == DEVELOPMENT or _stamp().get(DEVELOPMENT) == _hash(DEVELOPMENT):
        stamp[DEVELOPMENT] = _hash(DEVELOPMENT)
    _stamp_file().write_text(json.dumps(stamp))


def _make() -> None:
    """Make the environment, or make it anew when it belongs to another Python or is broken."""
    stamp_version = _stamp().get("python", _python_version())
    works = Path(python()).exists() and _run([python(), "-c", "import pip"], quiet=True)
    if works and stamp_version == _python_version() and _venv_version() == _python_version():
        return
    say.step(f"Making the Python environment in {venv_dir()}")
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise say.Refusal(_venv_missing())
    if not _run([sys.executable, "-m", "venv", "--clear", str(venv_dir())]):
        raise say.Refusal(f"The Python environment could not be made.\n{_venv_missing()}")


def _venv_version() -> str:
    """Return the Python version that the environment was made with."""
    try:
        lines = (venv_dir() / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ""
    versions = [text.split("=")[1].strip() for text in lines if text.startswith("version")]
    return ".".join(versions[0].split(".")[:2]) if versions else ""


def _venv_missing() -> str:
    return (
        "This Python lacks the venv module. On Debian or Ubuntu:\n"
        f"    apt install python3-venv python{_python_version()}-venv"
    )


def _install(file: str) -> None:
    """Install with uv, which takes seconds; with pip where uv does not work."""
    say.step(f"Installing the packages of {file}")
    uv = shutil.which("uv") or _own_uv()
    quiet = [] if sys.stderr.isatty() else ["--quiet"]  # progress bars are for people
    if uv and _run([uv, "pip", "install", *quiet, "--python", python(), "-r", file]):
        return
    say.step("uv did not work here; installing with pip")
    if not _run([python(), "-m", "pip", "install", *quiet, "--disable-pip-version-check", "-r", file]):
        raise say.Refusal("The packages could not be installed: is the package registry reachable?")


def _own_uv() -> str | None:
    uv = venv_dir() / "bin" / "uv"
    if not uv.exists():
        _run([python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _pinned_uv()])
    return str(uv) if uv.exists() else None


def _pinned_uv() -> str:
    """Return the uv of requirements-dev.txt, so that both files install the same one."""
    for text in (ROOT / DEVELOPMENT).read_text().splitlines():
        if text.startswith("uv=="):
            return text.split()[0]
    return "uv"


def _run(command: list[str], *, quiet: bool = False) -> bool:
    environment = child_environment()
    environment.setdefault("UV_SYSTEM_CERTS", "true")  # a machine's own authorities count, as they do for pip
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(venv_dir() / "cache"))
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=output).returncode == 0
