"""Where things are. The environment may move `var/` (CRM_VAR_DIR) and `.venv` (CRM_VENV)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def var_dir() -> Path:
    """Return the folder of everything that this machine writes: database, secrets, logs; its owner's alone."""
    folder = Path(os.environ.get("CRM_VAR_DIR") or ROOT / "var").resolve()
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
    return folder


def venv_dir() -> Path:
    """Return the folder of the virtual environment."""
    return Path(os.environ.get("CRM_VENV") or ROOT / ".venv").resolve()


def python() -> str:
    """Return the Python of the virtual environment."""
    return str(venv_dir() / "bin" / "python")
