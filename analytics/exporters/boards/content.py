"""What a tile of a dashboard tells, before it is drawn: numbers in tables, and what of them a chart shows. Pages, files
and the API draw the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.exporters.number_words import COUNT, SHARE, number_words


@dataclass(frozen=True, slots=True)
class Figure:
    """A number (None: there is none), what it is, and the address of the list behind it. `people` is the count behind
    a share; a number whose time is not over yet is partial."""

    value: float | None
    form: str = COUNT
    link: str = ""
    people: int | None = None
    is_partial: bool = False

    def __str__(self) -> str:
        return number_words(self.value, self.form)


@dataclass(frozen=True, slots=True)
class Text:
    """A name, and the address of what it names."""

    text: str
    link: str = ""

    def __str__(self) -> str:
        return self.text


Cell = Text | Figure


@dataclass(frozen=True, slots=True)
class Series:
    """A line or the bars of one colour, with the address behind each point."""

    name: str
    values: list[float | None]
    links: list[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over labels. Shares are in percent."""

    labels: list[str]
    series: list[Series]
    is_percent: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a header. The first column names what the others count. `charted`: the columns that a chart shows,
    without the first `sums` lines, which add up the others. `labelled`: the columns that name a line."""

    header: list[str]
    lines: list[list[Cell]]
    charted: tuple[int, ...] = ()
    sums: int = 0
    labelled: int = 1
    is_heat: bool = False

    def chart(self) -> Chart | None:
        """What is drawn of it; None: nothing is."""
        lines = self.lines[self.sums :]
        if not lines or not self.charted:
            return None
        columns = [[line[at] for line in lines] for at in self.charted]
        figures = [[one if isinstance(one, Figure) else Figure(None) for one in column] for column in columns]
        is_percent = all(one.form == SHARE for column in figures for one in column)
        scale = 100 if is_percent else 1
        series = [
            Series(
                self.header[at],
                [None if one.value is None else round(scale * float(one.value), 2) for one in column],
                [one.link for one in column],
            )
            for at, column in zip(self.charted, figures, strict=True)
        ]
        labels = [" ".join(str(cell) for cell in line[: self.labelled]) for line in lines]
        return Chart(labels, series, is_percent)


@dataclass(frozen=True, slots=True)
class Part:
    """A table, and of whom it tells where a report tells of several segments."""

    table: Table
    name: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a tile tells. Where it cannot, `problem` says why, and there is nothing else."""

    title: str
    note: str = ""
    link: str = ""
    number: Figure | None = None
    number_words: str = ""
    parts: Sequence[Part] = ()
    problem: str = ""
    is_empty: bool = False
