"""Shares in words, in the same form wherever they stand."""

from django.utils.formats import number_format


def percent(some: int, everything: int) -> str | None:
    """“33.3” or “100”; None: of nothing. The sign is the sentence's."""
    if not everything:
        return None
    share = round(100 * some / everything, 1)  # number_format cuts off; it does not round
    return str(number_format(share, 0 if share == int(share) else 1))
