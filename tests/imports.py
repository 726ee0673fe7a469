"""What tests of imports share."""

from customers.choices import Outcome
from customers.operations.source import Report


def refusals_into(found: dict[str, str]) -> Report:
    """A report that keeps the reasons of refused rows, by id."""

    def report(source_id: str, outcome: str, label: str, detail: str) -> None:
        if outcome == Outcome.REFUSED:
            found[source_id] = detail

    return report
