from customers.models import Customer, User
from services.models import Notification, Queue
from services.operations.read_notifications import read_notifications
from services.tests.operations.desk import a_ticket, after


def test_what_was_read_stays_read_and_others_keep_theirs(acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    one, two = a_ticket(acme, queue), a_ticket(acme, queue)
    rows = [
        Notification.objects.create(user=user, ticket=ticket, kind="assigned", key=f"{user.pk}-{ticket.pk}", at=after())
        for user in (ann, otto)
        for ticket in (one, two)
    ]
    assert read_notifications(user=ann, ticket=one, at=after(minutes=1)) == 1
    assert read_notifications(user=ann, ids=[row.pk for row in rows], at=after(minutes=2)) == 1
    assert read_notifications(user=ann, at=after(minutes=3)) == 0
    read = dict(Notification.objects.values_list("key", "read_at"))
    assert read == {
        f"{ann.pk}-{one.pk}": after(minutes=1),
        f"{ann.pk}-{two.pk}": after(minutes=2),
        f"{otto.pk}-{one.pk}": None,
        f"{otto.pk}-{two.pk}": None,
    }
