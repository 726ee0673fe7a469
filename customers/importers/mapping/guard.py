"""The `'` that our exports put before what a spreadsheet would take for a formula, taken away again."""

import re

GUARDED = re.compile(r"'+[=+\-@\t\r]")


def without_guard(cell: str) -> str:
    """A cell as it was before it was exported: one `'` less, where what follows would start a formula."""
    return cell[1:] if cell[:1] == "'" and GUARDED.match(cell) else cell
