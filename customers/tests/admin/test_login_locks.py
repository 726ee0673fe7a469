"""An administrator sees and lifts locks."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import AuditEntry, LoginLock, User
from customers.operations.count_attempt import count_attempt
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.login.codes import PASSWORD
from tests.cast import make_user

LIST = "admin:customers_loginlock_changelist"


def lock(name: str) -> None:
    for _ in range(5):
        count_attempt(name=name, address="198.51.100.7", at=timezone.now())


def test_it_says_who_is_locked_out_and_from_where(log_in: LogIn, ann: User) -> None:
    lock("ann")
    lock("a password in the wrong field")
    page = log_in(make_user("carla", role="Administrator")).get(reverse(LIST)).content.decode()
    assert "ann" in page
    assert "unknown user name" in page
    assert "password in the wrong field" not in page
    assert "198.51.100.7" in page
    assert "locked" in page


def test_a_lifted_lock_lets_them_in_and_is_on_record(log_in: LogIn, ann: User) -> None:
    lock("ann")
    row = LoginLock.objects.get(user=ann)
    admin = log_in(make_user("carla", role="Administrator"))
    admin.post(reverse(LIST), {"action": "lift", "_selected_action": [row.pk]})
    assert not LoginLock.objects.filter(user=ann).exists()
    assert Client().post("/admin/login/", {"username": "ann", "password": PASSWORD}).status_code == 302
    assert AuditEntry.objects.filter(model="customers.loginlock", kind="removed", object_id=str(row.pk)).exists()


def test_nobody_else_sees_them(log_in: LogIn, bob: User) -> None:
    assert log_in(bob).get(reverse(LIST)).status_code == 403
