"""Figures of a fuzz run, which `./bin/crm fuzz` collects and prints."""

import os
from pathlib import Path

# Where a run starts from. Zero: the same requests on every run of the suite.
SEED = int(os.environ.get("CRM_FUZZ_SEED", "0"))


def tell(name: str, value: int, unit: str, of: str = "") -> None:
    """Put down one figure, `of` one role or one part."""
    print(f"{name} {of or 'all'}: {value} {unit}")
    file = os.environ.get("CRM_FUZZ_FIGURES")
    if file:
        with Path(file).open("a") as lines:
            lines.write(f"{name} {of.lower().replace(' ', '_') or '-'} {value} {unit}\n")
