"""The customers: organisations with the people who work there, and private persons."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mimesis import Address
from mimesis.locales import Locale

from crm.demo.chance import some, stream
from crm.demo.mood import BETTER, WORSE, Mood, draw_mood
from crm.demo.names import Namer
from crm.demo.places import CHINA, PLACES, Place
from crm.demo.staff import CHINA as CHINA_TEAM
from crm.demo.staff import FINANCE, MANUFACTURING, OWNERS, RETAIL
from customers.choices import AttributeType, ContactKind, CustomerKind
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import ContactRecord, CustomerRecord

ORGANISATIONS, PRIVATE = 350, 400
MOVERS = {WORSE: 30, BETTER: 22}
PEOPLE_PER_SIZE = 1.72
INDUSTRIES = {MANUFACTURING: 42, RETAIL: 40, FINANCE: 18}
# what an organisation is to us
STANDINGS = {"client": 84, "prospect": 8, "partner": 5, "supplier": 3}
VIP, KEY, NEWS = "VIP", "Key account", "Newsletter"
KEY_SIZE = 3.0
MAILBOXES = ("example.com", "example.org", "example.net")
ROLES = (
    "Purchasing", "Operations manager", "IT", "Store manager", "Accounting", "Quality", "Warehouse", "Director",
)  # fmt: skip
ROLES_ZH = ("采购", "运营经理", "信息部", "店长", "财务", "质量", "仓库", "总经理")
HEADCOUNTS = ("1-9", "10-49", "50-249", "250-999", "1000+")
ATTRIBUTES = (
    NewAttribute("employees", "Employees", AttributeType.CHOICE, CustomerKind.ORGANISATION, HEADCOUNTS),
    NewAttribute("website", "Website", kind=CustomerKind.ORGANISATION),
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes to us."""

    id: str
    name: str
    place: Place
    role: str
    since: datetime

    @property
    def writes_chinese(self) -> bool:
        return self.place.is_chinese


@dataclass(slots=True)
class Account:
    """Who buys: an organisation or a private person."""

    id: str
    name: str
    kind: str
    place: Place
    industry: str  # empty for a private person
    team: str
    since: datetime
    size: float  # 1 is usual; how much they buy and ask
    standing: str  # client, prospect, partner or supplier
    is_vip: bool
    mood: Mood
    discount: float  # agreed, as a share of the list price
    domain: str = ""
    contacts: list[Contact] = field(default_factory=list)

    @property
    def buys(self) -> bool:
        return self.standing in ("client", "partner")


@dataclass(slots=True)
class Parties:
    accounts: list[Account] = field(default_factory=list)
    records: list[CustomerRecord] = field(default_factory=list)


def parties(*, now: datetime, scale: float) -> Parties:
    """All customers, and their records in the order in which they came to us."""
    return _Population(now=now, scale=scale).populate()


class _Population:
    def __init__(self, *, now: datetime, scale: float) -> None:
        self.now, self.scale = now, scale
        self.rng = stream("parties")
        self.namer = Namer(stream("names"))
        self.addresses: dict[str, Address] = {}
        self.result = Parties()
        self.persons = 0

    def populate(self) -> Parties:
        organisations = max(8, round(ORGANISATIONS * self.scale))
        private = max(8, round(PRIVATE * self.scale))
        places = self._places(organisations)
        trends = self._trends(organisations)
        for number in range(organisations):
            self._organisation(number, places[number], trends[number])
        for place in self._places(private):
            self._private_person(place)
        self.result.records.sort(key=lambda record: (record.created_at or self.now, record.source_id))
        return self.result

    def _places(self, count: int) -> list[Place]:
        """So many places: each country has its share, however few there are."""
        weights = list(PLACES.values())
        places = list(PLACES)[: count // 2] + self.rng.choices(list(PLACES), weights, k=count)
        self.rng.shuffle(places)
        return places[:count]

    def _trends(self, count: int) -> list[str]:
        trends = [trend for trend, number in MOVERS.items() for _ in range(max(1, round(number * self.scale)))]
        trends += [""] * (count - len(trends))
        self.rng.shuffle(trends)
        return trends

    def _since(self) -> datetime:
        """Most were here before the dealings begin, some came since, a few just now."""
        draw = self.rng.random()
        if draw < 0.6:
            days = 730 + min(self.rng.expovariate(1 / 500), 2500)
        else:
            days = self.rng.uniform(60, 730) if draw < 0.97 else self.rng.uniform(3, 40)
        return (self.now - timedelta(days=days)).replace(microsecond=0)

    def _organisation(self, number: int, place: Place, trend: str) -> None:
        rng = self.rng
        industry = rng.choices(list(INDUSTRIES), list(INDUSTRIES.values()))[0]
        city = rng.choice(place.cities)
        name, slug = self.namer.firm(place, industry, city)
        standing = "client" if trend else rng.choices(list(STANDINGS), list(STANDINGS.values()))[0]
        size = min(rng.lognormvariate(0, 0.9), 7.0)
        account = Account(
            id=f"org-{number + 1:04}",
            name=name,
            kind=CustomerKind.ORGANISATION,
            place=place,
            industry=industry,
            team=CHINA_TEAM if place.is_chinese else industry,
            since=self.now - timedelta(days=rng.uniform(500, 1800)) if trend else self._since(),
            size=max(size, 1.2) if trend else size,
            standing=standing,
            is_vip=size > 2.2 and rng.random() < 0.4,
            mood=draw_mood(rng, trend=trend, now=self.now),
            discount=min(max(rng.gauss(0.06, 0.1), -0.15), 0.35),
            domain=f"{slug}.example",
        )
        self.result.accounts.append(account)
        contacts = (
            ContactRecord(ContactKind.EMAIL, f"{'office' if number % 2 else 'info'}@{account.domain}", "work", True),
            *self._phone(place, "work"),
            ContactRecord(ContactKind.ADDRESS, self._address(place, city), "work"),
        )
        self._record(account, contacts, attributes=self._facts(account))
        for _ in range(1 + min(11, some(rng, PEOPLE_PER_SIZE * account.size))):
            account.contacts.append(self._colleague(account))

    def _facts(self, account: Account) -> dict[str, str]:
        headcount = HEADCOUNTS[min(4, int(account.size * 1.3))]
        return {"employees": headcount, "website": f"https://www.{account.domain}"}

    def _colleague(self, account: Account) -> Contact:
        rng = self.rng
        place = account.place
        if rng.random() < 0.03:  # people move about
            place = rng.choice([p for p in PLACES if p is not CHINA]) if place.is_chinese else CHINA
        name = self.namer.person(place)
        self.persons += 1
        since = account.since + timedelta(days=rng.expovariate(1 / 120))
        contact = Contact(
            id=f"person-{self.persons:05}",
            name=name.full,
            place=place,
            role=rng.choice(ROLES_ZH if account.place.is_chinese else ROLES),
            since=min(since, self.now - timedelta(days=2)).replace(microsecond=0),
        )
        email = ContactRecord(ContactKind.EMAIL, f"{name.latin}.{self.persons}@{account.domain}", "work", True)
        phone = self._phone(account.place, "mobile") if rng.random() < 0.6 else ()
        self.result.records.append(
            CustomerRecord(
                source_id=contact.id,
                name=name.full,
                given_name=name.given,
                family_name=name.family,
                language=place.language,
                country=account.place.country,
                contacts=(email, *phone, *self._messenger(place, name.latin)),
                created_at=contact.since,
                team=account.team,
                owner=self._owner(account.team),
            )
        )
        return contact

    def _private_person(self, place: Place) -> None:
        rng = self.rng
        name = self.namer.person(place)
        self.persons += 1
        account = Account(
            id=f"person-{self.persons:05}",
            name=name.full,
            kind=CustomerKind.PERSON,
            place=place,
            industry="",
            team=CHINA_TEAM if place.is_chinese else RETAIL,
            since=self._since(),
            size=min(rng.lognormvariate(-0.2, 0.7), 4.0),
            standing="client",
            is_vip=False,
            mood=draw_mood(rng, trend="", now=self.now),
            discount=rng.gauss(0.01, 0.04),
        )
        account.contacts.append(Contact(account.id, name.full, place, "", account.since))
        self.result.accounts.append(account)
        email = f"{name.latin}.{self.persons}@{rng.choice(MAILBOXES)}"
        contacts = [ContactRecord(ContactKind.EMAIL, email, "home", True), *self._phone(place, "mobile")]
        self._record(account, (*contacts, *self._messenger(place, name.latin)), given=name.given, family=name.family)

    def _record(
        self,
        account: Account,
        contacts: tuple[ContactRecord, ...],
        *,
        given: str = "",
        family: str = "",
        attributes: dict[str, str] | None = None,
    ) -> None:
        self.result.records.append(
            CustomerRecord(
                source_id=account.id,
                name=account.name,
                kind=account.kind,
                given_name=given,
                family_name=family,
                language=account.place.language,
                country=account.place.country,
                industry=account.industry,
                contacts=contacts,
                attributes=attributes or {},
                tags=self._tags(account),
                created_at=account.since,
                team=account.team,
                owner=self._owner(account.team),
            )
        )

    def _tags(self, account: Account) -> tuple[str, ...]:
        is_key = bool(account.domain) and account.size > KEY_SIZE
        reads_news = not account.domain and self.persons % 3 == 0
        return tuple(tag for tag, has_it in ((VIP, account.is_vip), (KEY, is_key), (NEWS, reads_news)) if has_it)

    def _owner(self, team: str) -> str:
        return self.rng.choice(OWNERS[team]) if self.rng.random() < 0.7 else ""

    def _phone(self, place: Place, label: str) -> tuple[ContactRecord, ...]:
        number = place.phone(self.rng)
        return (ContactRecord(ContactKind.PHONE, number, label),) if number else ()

    def _messenger(self, place: Place, latin: str) -> tuple[ContactRecord, ...]:
        if not place.is_chinese or self.rng.random() < 0.4:
            return ()
        return (ContactRecord(ContactKind.MESSENGER, f"wx_{latin.replace('.', '_')}_{self.persons}", "WeChat"),)

    def _address(self, place: Place, city: str) -> str:
        rng = self.rng
        if place.is_chinese:
            road = rng.choice(("中山路", "人民路", "建设路", "解放路", "和平街", "科技大道"))
            return f"{city}市{road}{rng.randrange(1, 900)}号"
        if place.country not in self.addresses:
            self.addresses[place.country] = Address(Locale(place.locale), seed=rng.randrange(2**32))
        source = self.addresses[place.country]
        return f"{source.address()}, {source.postal_code()} {city}"
