"""The countries of the demo company's customers. Phone numbers are those kept free for fiction, or cannot exist."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """A country: how people are called, write, pay and keep time there.

    phones: patterns, each # a digit, from the ranges that the country's regulator keeps free for film and fiction;
    for Spain and China, which have none, prefixes that nobody is given; none for Austria."""

    country: str
    locale: str  # of mimesis; empty: our own Chinese lists
    language: str
    currency: str
    time_zone: str
    cities: tuple[str, ...]
    forms: tuple[str, ...]  # legal forms of its companies
    phones: tuple[str, ...]

    @property
    def is_chinese(self) -> bool:
        return not self.locale

    def phone(self, rng: Random) -> str:
        """A fictional number in E.164, or nothing where the country has none to spare."""
        if not self.phones:
            return ""
        return "".join(str(rng.randrange(10)) if c == "#" else c for c in rng.choice(self.phones))


GERMANY = Place(
    "DE", "de", "de", "EUR", "Europe/Berlin",
    ("Hamburg", "Stuttgart", "Leipzig", "Bremen", "Ulm", "Kassel", "Bielefeld", "Augsburg"),
    ("GmbH", "GmbH", "AG", "KG", "GmbH & Co. KG"),
    ("+493023125###", "+496990009###", "+494066969###", "+498999998###"),
)  # fmt: skip
AUSTRIA = Place(
    "AT", "de", "de", "EUR", "Europe/Vienna",
    ("Wien", "Graz", "Linz", "Salzburg"), ("GmbH", "GmbH", "AG"), (),
)  # fmt: skip
FRANCE = Place(
    "FR", "fr", "fr", "EUR", "Europe/Paris",
    ("Lyon", "Nantes", "Lille", "Bordeaux", "Toulouse", "Rennes"),
    ("SARL", "SAS", "SA"),
    ("+33199000###", "+33261910###", "+33639980###"),
)  # fmt: skip
SPAIN = Place(
    "ES", "es", "es", "EUR", "Europe/Madrid",
    ("Valencia", "Bilbao", "Sevilla", "Zaragoza", "Málaga"),
    ("S.L.", "S.A.", "S.L."),
    ("+34555010###",),
)  # fmt: skip
BRITAIN = Place(
    "GB", "en-gb", "en", "EUR", "Europe/London",
    ("Leeds", "Bristol", "Sheffield", "Glasgow", "Cardiff", "Norwich"),
    ("Ltd", "Ltd", "plc", "LLP"),
    ("+442079460###", "+441134960###", "+447700900###"),
)  # fmt: skip
STATES = Place(
    "US", "en", "en", "USD", "America/New_York",
    ("Columbus", "Pittsburgh", "Richmond", "Buffalo", "Charlotte", "Hartford", "Toledo"),
    ("Inc.", "LLC", "Corp.", "Inc."),
    ("+121255501##", "+161455501##", "+141255501##", "+170455501##"),
)  # fmt: skip
CANADA = Place(
    "CA", "en", "en", "USD", "America/Toronto",
    ("Hamilton", "Ottawa", "London", "Kingston"), ("Inc.", "Ltd"), ("+141655501##", "+161355501##"),
)  # fmt: skip
CHINA = Place(
    "CN", "", "zh-hans", "CNY", "Asia/Shanghai",
    ("上海", "苏州", "杭州", "深圳", "广州", "成都", "武汉", "南京", "青岛", "宁波", "西安", "天津"),
    ("有限公司", "有限公司", "股份有限公司", "有限责任公司"),
    ("+861115550####",),
)  # fmt: skip

# how many of a hundred customers live there
PLACES = {GERMANY: 22, AUSTRIA: 4, FRANCE: 10, SPAIN: 8, BRITAIN: 13, STATES: 13, CANADA: 4, CHINA: 26}
