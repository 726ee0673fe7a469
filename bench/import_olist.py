"""How long the Olist folder takes to import, and to be found unchanged; needs the folder CRM_DATA_DIR."""

import os
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CRM_DATA_DIR") or ROOT.parent / "shared" / "data") / "olist"


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    if not FOLDER.is_dir():
        sys.stderr.write(f"there is no folder {FOLDER}: set CRM_DATA_DIR\n")
        return 1
    seconds, counts = _import()
    rows = sum(kind["created"] for kind in counts.values())
    print(f"import_olist {seconds:.2f} s")
    print(f"import_olist_rows {rows} rows")
    print(f"import_olist_rate {rows / seconds:.0f} rows/s")
    seconds, counts = _import()
    print(f"import_olist_again {seconds:.2f} s")
    print(f"import_olist_again_changed {sum(k['created'] + k['updated'] for k in counts.values())} rows")
    return 0


def _import() -> tuple[float, dict[str, dict[str, int]]]:
    from django.conf import settings
    from django.utils import timezone

    from customers.importers.run import run_import
    from customers.models import Team
    from services.importers.olist import import_olist

    started = time.perf_counter()
    batch = run_import(
        format="olist",
        reader=import_olist,
        path=FOLDER,
        team=Team.objects.order_by("pk")[0],
        now=timezone.now,
        reports=settings.VAR_DIR / "reports",
    )
    return time.perf_counter() - started, batch.counts


if __name__ == "__main__":
    sys.exit(main())
