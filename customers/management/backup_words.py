"""What the commands of backups share: the bar of progress, and the folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from customers.backup.place import Place


def place_of(folder: str) -> Place:
    """The folder that --from names, or CRM_BACKUP_DIR."""
    return Place(Path(folder).resolve()) if folder else Place()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[int, str], None]]:
    """Something to tell progress to: a line on a terminal, nothing elsewhere."""
    with tqdm(disable=True if quiet else None, unit="", unit_scale=True, leave=False) as bar:
        now_at = ""

        def tell(done: int, step: str) -> None:
            nonlocal now_at
            if step != now_at:
                now_at = step
                bar.reset()
                bar.set_description(step)
            bar.update(max(0, done - bar.n))
            bar.refresh()

        yield tell
