from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from services.models import Queue, Ticket
from services.sql.capped_counts import capped_counts
from services.tests.operations.desk import a_ticket


def test_each_set_is_counted_up_to_the_cap_in_one_statement(
    acme: Customer, queue: Queue, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        a_ticket(acme, queue, subject=f"100 % of {number}")
    rows = Ticket.objects.all()
    sets = {
        "all": rows,
        "some": rows.filter(subject__contains="% of 1"),
        "none": rows.none(),
        "joined": rows.filter(customer__name="Acme Pumps").order_by("-pk"),
    }
    with django_assert_num_queries(1):
        assert capped_counts(sets, most=3) == {"all": 3, "some": 1, "none": 0, "joined": 3}
    with django_assert_num_queries(0):
        assert capped_counts({"none": rows.none()}, most=3) == {"none": 0}
