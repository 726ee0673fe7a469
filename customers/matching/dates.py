"""Dates of birth as they are typed: eight digits, perhaps with a slip."""

import re

from rapidfuzz.distance import OSA

SLIP = 0.9
_ISO = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")


def date_digits(text: object) -> str:
    """The digits YYYYMMDD of a date as people write it; empty where it is none. The day need not exist."""
    if not text:
        return ""
    written = str(text).strip()[:10]
    for pattern, order in ((_ISO, (0, 1, 2)), (_CHINESE, (0, 1, 2)), (_DAY_FIRST, (2, 1, 0))):
        if match := pattern.fullmatch(written):
            year, month, day = (match.groups()[i] for i in order)
            return f"{year}{int(month):02}{int(day):02}"
    return ""


def date_similarity(one: str, other: str) -> float | None:
    """1 for the same day, 0.9 for a slip (one digit, two swapped, day and month swapped), else 0; None where one is
    missing."""
    if not one or not other:
        return None
    if one == other:
        return 1.0
    day_month_swapped = one[:4] == other[:4] and one[4:6] == other[6:8] and one[6:8] == other[4:6]
    return SLIP if day_month_swapped or OSA.distance(one, other, score_cutoff=1) <= 1 else 0.0


def is_placeholder(digits: str) -> bool:
    """Whether it is a day that forms are filled with: the first of January."""
    return digits.endswith("0101")
