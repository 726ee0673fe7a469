"""Of which type a custom attribute is, told by all the values that a file has for it."""

import re
from dataclasses import replace

from customers.choices import AttributeType
from customers.importers.dates import DateEvidence, DateOrder, date_reader
from customers.importers.mapping.words import words_of
from customers.operations.clean_attributes import NO, YES
from customers.operations.ensure_attributes import NewAttribute

NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.\d{1,10})?")
DIGITS_YES_NO = {"0", "1"}
# Columns of noughts and ones are counts, unless they ask a question.
QUESTION = re.compile(r"(is|has|was|are|can|do|does|did|allow|allows|accepts|wants) ")
# Figures that name something are no numbers to calculate with: a postal code would lose its noughts one day.
NAMES_SOMETHING = re.compile(
    r"(^|.* )(id|code|number|no|nr|zip|postcode|phone|fax|sku|key|account|ein|ssn|plz|siret|siren)$"
    r"|.*(号|码|编号|代码|邮编|电话)$"
)
# A list of choices: few, short, and each used again and again.
MOST_CHOICES, LEAST_VALUES, LEAST_USES, LONGEST_CHOICE = 10, 20, 5, 40


class OfKind:
    """Evidence of one attribute from a table of one kind of customer."""

    def __init__(self, evidence: "TypeEvidence", kind: str) -> None:
        self._evidence, self._kind = evidence, kind

    @property
    def is_settled(self) -> bool:
        """Whether more values would tell nothing."""
        return self._evidence.is_settled and self._kind in self._evidence.kinds

    def add(self, text: str) -> None:
        """Take one value that is not empty into account."""
        self._evidence.kinds.add(self._kind)
        self._evidence.add(text)


class TypeEvidence:
    """What the values of one attribute say about its type. It forgets them, but for a few different ones.

    Where the type is known only whether there is any value is asked: an empty column makes no attribute."""

    def __init__(self, new: NewAttribute, column: str) -> None:
        self.new = new
        self.dates = DateEvidence()
        self._words = words_of(column)
        self.kinds: set[str] = set()  # of customers who have a value
        self._values = 0
        self._different: set[str] | None = set()
        self._is_number = not NAMES_SOMETHING.fullmatch(self._words)
        self._is_yes_no = self._is_date = True

    def of_kind(self, kind: str) -> "OfKind":
        """The same evidence, for values of customers of one kind (empty: of both)."""
        return OfKind(self, kind)

    @property
    def is_learnt(self) -> bool:
        """Whether nobody said which type it is."""
        return not self.new.type

    @property
    def is_settled(self) -> bool:
        """Whether more values would tell nothing."""
        return bool(self.new.type and self._values)

    def add(self, text: str) -> None:
        """Take one value that is not empty into account."""
        self._values += 1
        if self.new.type:
            return
        if self._different is not None:
            if text in self._different:
                return
            self._different.add(text)
            if len(self._different) > 2 * MOST_CHOICES:
                self._different = None
        if self._is_number and not NUMBER.fullmatch(text):
            self._is_number = False
        if self._is_yes_no and text.casefold() not in YES and text.casefold() not in NO:
            self._is_yes_no = False
        if self._is_date and not self._may_be_date(text):
            self._is_date = False

    def _may_be_date(self, text: str) -> bool:
        if not 8 <= len(text) <= 18 or ":" in text or text.isdecimal():
            return False
        self.dates.add(text)
        for order in DateOrder.DAY, DateOrder.MONTH:
            try:
                date_reader(order)(text)
            except ValueError:
                continue
            return True
        return False

    def conclusion(self, order: str = "") -> NewAttribute | None:
        """The attribute with its type; None where no row has a value. `order` is what people say of dates that could
        be day-first as well as month-first; where nobody says, they stay text."""
        if not self._values:
            return None
        type = self.new.type or self._type(order)
        choices = tuple(sorted(self._different or ())) if type == AttributeType.CHOICE else ()
        kind = next(iter(self.kinds)) if len(self.kinds) == 1 else ""
        return replace(self.new, type=type, choices=choices, kind=kind)

    def _type(self, order: str) -> str:
        different = self._different or set()
        if self._is_yes_no and (not different <= DIGITS_YES_NO or QUESTION.match(self._words)):
            return AttributeType.YES_NO
        if self._is_number:
            return AttributeType.NUMBER
        if self._is_date and (order or self.dates.order != DateOrder.UNKNOWN):
            return AttributeType.DATE
        few = 2 <= len(different) <= MOST_CHOICES and self._values >= LEAST_VALUES
        if few and self._values >= LEAST_USES * len(different) and all(len(one) <= LONGEST_CHOICE for one in different):
            return AttributeType.CHOICE
        return AttributeType.TEXT
