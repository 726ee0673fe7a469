"""The name of a person, of its parts."""


def full_name(given: str, family: str) -> str:
    """Given and family name as one; in Chinese the family comes first, and nothing between."""
    if family and given and not family.isascii() and _is_han(family) and _is_han(given):
        return family + given
    return f"{given} {family}" if given and family else given or family


def _is_han(text: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" or c > "\U0001ffff" for c in text)
