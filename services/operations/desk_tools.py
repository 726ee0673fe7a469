"""Macros and views of the desk are tools: everybody shapes their own, who sets up the desk shapes those of all."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from customers.models import User
from services.models import DeskView, Macro

SETS_UP_THE_DESK = "services.change_queue"


class NotYours(PermissionDenied):
    """The tool is everybody's, and the user does not set up the desk. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("This belongs to everybody: only who sets up the desk changes it. Make one of your own."))


def may_share(user: User) -> bool:
    """Whether the user makes tools for others."""
    return user.has_perm(SETS_UP_THE_DESK)


def may_shape(tool: Macro | DeskView, by: User) -> bool:
    """Whether the user may change or delete this tool, which they see."""
    return tool.owner_id == by.pk or may_share(by)


def require_may_shape(tool: Macro | DeskView, by: User | None) -> None:
    """Raise NotYours unless the user may change this tool. None: the system itself, which may."""
    if by is not None and not may_shape(tool, by):
        raise NotYours
