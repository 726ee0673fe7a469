"""Our own people: four teams with agents and leads, a back office and an analyst."""

from dataclasses import dataclass

MANUFACTURING, RETAIL, FINANCE, CHINA = "Manufacturing", "Retail", "Finance", "China"
TEAMS = (MANUFACTURING, RETAIL, FINANCE, CHINA)
WEST = (MANUFACTURING, RETAIL, FINANCE)
ANALYST = "analyst"


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of us. `skill` above 0 answers sooner and better than most; `logs_in` gets the demo's password."""

    username: str
    given: str
    family: str
    role: str
    teams: tuple[str, ...]
    queues: tuple[str, ...] = ()  # whose tickets they handle
    skill: float = 0.0
    logs_in: bool = False

    @property
    def name(self) -> str:
        """As customers see it: family name first in Chinese."""
        is_chinese = "\u4e00" <= self.family[0] <= "\u9fff"
        return f"{self.family}{self.given}" if is_chinese else f"{self.given} {self.family}"


def _agent(username: str, given: str, family: str, teams: tuple[str, ...], queues: str, skill: float) -> Colleague:
    return Colleague(username, given, family, "Agent", teams, tuple(queues.split(", ")), skill)


STAFF = (
    Colleague("admin", "Alex", "Adler", "Administrator", TEAMS, logs_in=True),
    Colleague("agent", "Maya", "Lindholm", "Agent", WEST, ("Support", "VIP"), 0.4, logs_in=True),
    Colleague("lead", "Ruth", "Okafor", "Lead", TEAMS, ("VIP",), 0.6, logs_in=True),
    Colleague("backoffice", "Tomas", "Berg", "Back office", TEAMS, logs_in=True),
    Colleague(ANALYST, "Ines", "Moreau", "Analyst", TEAMS, logs_in=True),
    Colleague("lead.china", "静", "周", "Lead", (CHINA,), ("中国服务",), 0.5),
    Colleague("lead.works", "Petra", "Sauer", "Lead", (MANUFACTURING,), ("Industry support",), 0.3),
    Colleague("buero", "Nils", "Ahrens", "Back office", WEST),
    _agent("daniel.frei", "Daniel", "Frei", (RETAIL,), "Support", 0.0),
    _agent("grace.nwosu", "Grace", "Nwosu", (RETAIL,), "Support", 0.3),
    _agent("liam.doyle", "Liam", "Doyle", (RETAIL,), "Support", -0.5),
    _agent("sofia.reyes", "Sofia", "Reyes", (RETAIL,), "Support", 0.1),
    _agent("hugo.perrin", "Hugo", "Perrin", WEST, "VIP, Support", 0.5),
    _agent("jonas.kern", "Jonas", "Kern", (MANUFACTURING,), "Industry support", 0.2),
    _agent("eva.toth", "Eva", "Toth", (MANUFACTURING,), "Industry support", -0.1),
    _agent("marek.zielny", "Marek", "Zielny", WEST, "Repairs", 0.1),
    _agent("clara.voss", "Clara", "Voss", WEST, "Repairs", -0.4),
    _agent("owen.price", "Owen", "Price", WEST, "Repairs", 0.3),
    _agent("nora.falk", "Nora", "Falk", WEST, "Billing", 0.2),
    _agent("samuel.cole", "Samuel", "Cole", WEST, "Billing", -0.3),
    _agent("lucia.marin", "Lucía", "Marín", (FINANCE,), "Banking support", 0.1),
    _agent("peter.ashby", "Peter", "Ashby", (FINANCE,), "Banking support", 0.0),
    _agent("li.wei", "伟", "李", (CHINA,), "中国服务", 0.2),
    _agent("wang.yuqing", "雨晴", "王", (CHINA,), "中国服务", 0.0),
    _agent("chen.jiahao", "嘉豪", "陈", (CHINA,), "中国服务, 中国维修", -0.2),
    _agent("zhao.min", "敏", "赵", (CHINA,), "中国维修", 0.3),
)
AGENTS = tuple(person for person in STAFF if person.queues)
BY_QUEUE = {
    queue: tuple(person for person in AGENTS if queue in person.queues)
    for queue in sorted({queue for person in AGENTS for queue in person.queues})
}
# who looks after the customers of a team
OWNERS = {
    MANUFACTURING: ("lead.works", "jonas.kern", "eva.toth"),
    RETAIL: ("agent", "grace.nwosu", "sofia.reyes"),
    FINANCE: ("lead", "lucia.marin", "peter.ashby"),
    CHINA: ("lead.china", "li.wei", "wang.yuqing"),
}
