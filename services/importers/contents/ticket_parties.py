"""Who a ticket is of: the customer, and the person who asked. A row knows them by id, by name, or only by what they
wrote into a form."""

from dataclasses import dataclass
from operator import itemgetter

from customers.choices import ContactKind, CustomerKind, KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key
from customers.folding import fold
from customers.importers.contents.named import NamedParty
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.operations.records import ContactRecord

PARTS = ("customer.name", "requester.name", "requester.email", "requester.phone")
UNKNOWN = NamedParty("Unknown customer", CustomerKind.PERSON, "unknown")


@dataclass(frozen=True, slots=True)
class Parties:
    """`customer` and, where somebody else asked, `requester`."""

    customer: NamedParty
    requester: NamedParty | None

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """Those without an id: {field of the record: (name, kind)}."""
        fields = {"customer_id": self.customer, "requester_id": self.requester}
        return {field: (party.name, party.kind) for field, party in fields.items() if party and not party.id}


class PartiesOf:
    """Reads them from a row. Constants: `customer.kind` says what a customer known by name is, where that is certain;
    with `requester.made` somebody of whom only the id is known is called by it."""

    def __init__(self, plan: SheetPlan) -> None:
        self._clean = plan.kind.clean_id
        self._pick = itemgetter(*(plan.place(target) for target in PARTS))
        self._customer, self._requester = plan.places("customer.id"), plan.places("requester.id")
        self._kind = plan.constant("customer.kind")
        self._made_name = f"{plan.run.source.name.capitalize()} %s" if plan.constant("requester.made") else ""

    def __call__(self, cells: list[str]) -> Parties:
        """Who the ticket of this row is of. Without anybody it is put down to an unknown customer."""
        customer_name, name, email, phone = self._pick(cells)
        customer_id = self._id(cells, self._customer)
        requester_id = self._id(cells, self._requester)
        customer = NamedParty(customer_name, self._kind, customer_id) if customer_id or customer_name else None
        if requester_id and not name and not email and self._made_name:
            name = self._made_name % requester_id
        requester = _person(requester_id, name, email, phone)
        if customer and requester:
            return Parties(customer, requester)
        return Parties(customer or requester or UNKNOWN, None)

    def _id(self, cells: list[str], places: list[int]) -> str:
        return next((found for place in places if (found := self._clean(cells[place]))), "")


def _person(id: str, name: str, email: str, phone: str) -> NamedParty | None:
    contacts = [(ContactKind.EMAIL, email), (ContactKind.PHONE, phone)]
    reached = tuple(ContactRecord(kind.value, value, is_primary=True) for kind, value in contacts if value)
    if id:
        return NamedParty(name or email, CustomerKind.PERSON.value, id, reached)
    if not reached:
        return NamedParty(name, CustomerKind.PERSON.value, is_enough=True) if name else None
    return NamedParty(name or email or phone, CustomerKind.PERSON.value, _made_id(name, email, phone), reached)


def _made_id(*parts: str) -> str:
    """The id of a person whom the source knows by no id: a hash under our own key, because ids are not encrypted."""
    _id, key = current_key(KeyPurpose.INDEX)
    return f"asked:{keyed_hash('|'.join(map(fold, parts)).encode('utf-8', 'replace').decode(), key=key)}"
