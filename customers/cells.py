"""Text in the cells of spreadsheets: none is taken for a formula, and what is read back is what was written.

Whoever reads one of our files undoes it in this order: of an XLSX file `from_xlsx`, then `unguard`."""

import re

# A cell that begins like this is a formula to a spreadsheet. Apostrophes in front count, so that exactly one is undone.
FORMULA = re.compile(r"'*[=+\-@\t\r]")

# What XML cannot hold or would change (a carriage return becomes a line feed), and what would be read as an escape.
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one `'` in front where it would."""
    return f"'{text}" if FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text before `guard`."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text) else text


def to_xlsx(text: str) -> str:
    """A text as XLSX keeps it: characters that XML cannot hold as `_xHHHH_`."""
    return NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def from_xlsx(text: str) -> str:
    """The text before `to_xlsx`."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
