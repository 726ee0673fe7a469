"""Files of events: JSON lines, plain or packed, in folders as a zip leaves them, and Parquet where pyarrow is there."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from tqdm import tqdm

from customers.encryption.files import size_of
from customers.importers.files.packed import opened
from customers.importers.files.sheet import stop
from customers.importers.run import ImportRun, Place
from customers.operations.uploads import open_upload

LONGEST_LINE = 4 << 20
OFTEN = 2000
PARQUET = b"PAR1"
Line = tuple[Place, Any, str]
"""Where it stands, the object, and why it cannot be used."""


def files_below(path: Path) -> list[Path]:
    """The file, or all files of the folder and the folders in it, by name; what systems leave beside files is passed
    over. Raises ImportStopped where there is none."""
    if not path.is_dir():
        return [path]
    found = sorted(
        one for one in path.rglob("*") if one.is_file() and not any(p.startswith((".", "__MACOSX")) for p in one.parts)
    )
    if not found:
        raise stop(path, _("there are no files in this folder"))
    return found


def lines_of(run: ImportRun, path: Path) -> Iterator[Line]:
    """The objects of a file, with a progress bar on a terminal. Raises ImportStopped for what holds none."""
    with opened(path) as (stream, _raw):
        is_parquet = stream.read(4) == PARQUET
    if is_parquet:
        yield from _rows_of_parquet(path)
        return
    size = size_of(path)
    with (
        opened(path) as (stream, raw),
        tqdm(total=size, desc=path.name, unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE), b""), 1):
            if number % OFTEN == 0:
                bar.update(raw.tell() - bar.n)
                run.tell(raw.tell(), size, path.name)
            if not line.strip():
                continue
            if number == 1 and line.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
                raise stop(path, _("is one JSON array: export it with an event a line (JSON lines)."))
            yield (path.name, number), *_parsed(line)


def _parsed(line: bytes) -> tuple[Any, str]:
    try:
        item = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return None, _("is no proper JSON: %(reason)s") % {"reason": error}
    return (item, "") if isinstance(item, dict) else (None, _("is no JSON object"))


def _rows_of_parquet(path: Path) -> Iterator[Line]:
    """The rows of a Parquet file. pyarrow is large and few need it, so it is used where it is installed."""
    try:
        from pyarrow import parquet
    except ImportError:
        text = _("This is a Parquet file: export it as JSON lines (in BigQuery: JSON), or install pyarrow.")
        raise stop(path, text) from None
    with open_upload(path) as file:
        number = 0
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=OFTEN):
            for row in batch.to_pylist():
                number += 1
                yield (path.name, number), row, ""
