"""The types of facts, and what can be asked of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FactType(models.TextChoices):
    TEXT = "text", _("text")
    NUMBER = "number", _("number")
    MONEY = "money", _("amount of money")
    DATE = "date", _("date")
    MOMENT = "moment", _("moment")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("choice")


class Op(models.TextChoices):
    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")
    NOT_CONTAINS = "not_contains", _("does not contain")
    BEGINS_WITH = "begins_with", _("begins with")
    ONE_OF = "one_of", _("is one of")
    NONE_OF = "none_of", _("is none of")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    MORE_THAN = "more_than", _("is more than")
    LESS_THAN = "less_than", _("is less than")
    BETWEEN = "between", _("is between")
    BEFORE = "before", _("is before")
    AFTER = "after", _("is after")
    IN_LAST = "in_last", _("is in the last … days")
    IN_NEXT = "in_next", _("is in the next … days")
    MORE_THAN_AGO = "more_than_ago", _("is more than … days ago")
    EMPTY = "empty", _("is empty")
    NOT_EMPTY = "not_empty", _("is not empty")


# What is asked by the negation of another operator, so that “is not” holds for whoever has no value at all.
NEGATIONS = {
    Op.IS_NOT: Op.IS,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.NONE_OF: Op.ONE_OF,
    Op.EMPTY: Op.NOT_EMPTY,
}
WITHOUT_VALUE = (Op.EMPTY, Op.NOT_EMPTY)
WITH_LIST = (Op.ONE_OF, Op.NONE_OF)
WITH_DAYS = (Op.IN_LAST, Op.IN_NEXT, Op.MORE_THAN_AGO)

BOUNDED = (Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.MORE_THAN, Op.LESS_THAN)
MEASURED = (Op.IS, Op.IS_NOT, *BOUNDED)
DATED = (Op.IN_LAST, Op.MORE_THAN_AGO, Op.IN_NEXT, Op.IS, Op.BEFORE, Op.AFTER, Op.BETWEEN)
CHOSEN = (Op.IS, Op.IS_NOT, Op.ONE_OF, Op.NONE_OF)

OPERATORS: dict[str, tuple[Op, ...]] = {
    FactType.TEXT: (
        Op.IS,
        Op.IS_NOT,
        Op.CONTAINS,
        Op.NOT_CONTAINS,
        Op.BEGINS_WITH,
        Op.ONE_OF,
        Op.NONE_OF,
        *WITHOUT_VALUE,
    ),
    FactType.NUMBER: (*MEASURED, *WITHOUT_VALUE),
    FactType.MONEY: (*MEASURED, *WITHOUT_VALUE),
    FactType.DATE: (*DATED, *WITHOUT_VALUE),
    FactType.MOMENT: (*DATED, *WITHOUT_VALUE),
    FactType.YES_NO: (Op.IS, Op.IS_NOT, *WITHOUT_VALUE),
    FactType.CHOICE: (*CHOSEN, *WITHOUT_VALUE),
}
