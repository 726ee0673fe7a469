"""What a column of a file can become: codes that mappings keep, and the labels that people choose them by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

IGNORE = "ignore"

CODE = re.compile(
    r"(?P<noun>[a-z_]+)(?::(?P<name>[^:#.=]+))?(?::(?P<more>[^:#.=]+))?(?:#(?P<slot>\d{1,3}))?(?:\.(?P<part>[a-z_0-9]+))?"
    r"(?:=(?P<type>[a-z_]+))?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One choice for a column. `is_many`: several columns of a table may be mapped to it. A code may be two joined by
    `+`, for a column that is two things at once."""

    code: str
    label: Any
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Choices that belong together, like an <optgroup>."""

    label: Any
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """A target's code taken apart: `noun:name:more#slot.part=type`, of which only the noun must be there."""

    noun: str
    name: str = ""
    more: str = ""
    slot: str = ""
    part: str = ""
    type: str = ""

    @classmethod
    def of(cls, code: str) -> "Aim":
        """Take a code apart. Raises ValueError for what is none."""
        match = CODE.fullmatch(code)
        if match is None:
            raise ValueError(code)
        return cls(**{name: value or "" for name, value in match.groupdict().items()})


def parts_of(target: str) -> list[str]:
    """The codes in a target: a column may be two things at once, `relation:works-for:to.role+attribute:title`."""
    return [code for code in target.split("+") if code not in ("", IGNORE)]


def codes_in(targets: Iterable[str]) -> list[str]:
    """The codes in several targets."""
    return [code for target in targets for code in parts_of(target)]


def label_of(labels: Mapping[str, Any], code: str) -> str:
    """The name of a target out of a vocabulary, in the reader's language. Raises ValueError for what is not in it."""
    if code == IGNORE:
        return str(IGNORED.label)
    if code not in labels:
        raise ValueError(code)
    return str(labels[code])


IGNORED = Target(IGNORE, _("(leave out)"), is_many=True)
