"""What the API answers to exceptions that are hard to provoke."""

from crm.problems import answer_problem
from customers.operations.record_activity import CustomerIsMerged


def test_a_verb_that_comes_too_late_for_a_customer_is_a_conflict() -> None:
    """The customer was merged after the request was checked and before it was carried out."""
    answer = answer_problem(CustomerIsMerged([7]), {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (409, "customer_is_merged")
