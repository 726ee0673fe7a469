"""What the customers asked for: six thousand tickets, most of them long closed, some waiting for us right now."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from crm.demo.catalogue import Product
from crm.demo.chance import Rhythm, some, stream
from crm.demo.desk import CALENDARS, CAUSES, QUEUES, targets_of
from crm.demo.orders import Purchase, Trade
from crm.demo.parties import Account, Contact
from crm.demo.staff import BY_QUEUE, FINANCE, MANUFACTURING, RETAIL, Colleague
from crm.demo.story import SHAPES, SHAPES_NOW, Case, Played, Step, plan, play, until
from crm.demo.talk import SERVICE_TYPES, Talk
from services.choices import Channel, Priority, RatingScale, TicketStatus
from services.operations.records import RatingRecord, TicketRecord

TICKETS = 5600  # and those of the movers
FRESH = 14  # opened within the last hours
SHARE_OF_FIRMS = 0.78
MOVER_TICKETS = (6, 10)  # so many more in the weeks when the mood turns
RATED = 0.42
ASKED_FOR = timedelta(days=7)  # so long there have been questions with a link
SENT_AGAIN = timedelta(minutes=3)  # so long ago an impatient customer sent the last message once more
AGAIN = "-again"  # what the source id of that ticket has behind that of the first

TOPICS = {"setup": 14, "advice": 12, "broken": 14, "wrong": 10, "late": 14, "damaged": 8, "invoice": 12, "return": 8,
          "offer": 8}  # fmt: skip
NEED_AN_ORDER = ("late", "damaged", "invoice", "return")
AT_THE_DESK = {MANUFACTURING: "Industry support", RETAIL: "Support", FINANCE: "Banking support"}
WESTERN = {Channel.EMAIL: 44, Channel.WEB: 20, Channel.PORTAL: 14, Channel.PHONE: 14, Channel.CHAT: 8}
CHINESE = {Channel.MESSENGER: 40, Channel.PHONE: 22, Channel.PORTAL: 18, Channel.EMAIL: 12, Channel.WEB: 8}
PRIORITIES = {Priority.LOW: 14, Priority.NORMAL: 62, Priority.HIGH: 19, Priority.URGENT: 5}
# (opened at most so many days ago, the chance that it is unsolved)
UNSOLVED = ((1, 0.8), (3, 0.5), (7, 0.2), (14, 0.12), (30, 0.08), (75, 0.05))
STATUS_NOW = {TicketStatus.OPEN: 42, TicketStatus.PENDING: 38, TicketStatus.ON_HOLD: 20}
NEW_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Question:
    """A customer is asked for a rating; some look at it, and some of them answer."""

    ticket_id: str
    asked_at: datetime
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    value: int = 0
    comment: str = ""


@dataclass(slots=True)
class Service:
    tickets: list[TicketRecord] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    ratings: list[RatingRecord] = field(default_factory=list)


def service(
    accounts: list[Account],
    products: list[Product],
    trade: Trade,
    rhythm: Rhythm,
    *,
    now: datetime,
    at: datetime,
    scale: float,
) -> Service:
    """All tickets in the order in which they were opened, and the ratings of some.

    What happened up to `now`, a midnight; only the last few tickets were opened in the hours before `at`."""
    rng = stream("tickets")
    buyers = [account for account in accounts if account.buys]
    opened = _openings(rng, buyers, rhythm, scale)
    desk = _Desk(rng, products, trade, years=range(now.year - 3, now.year + 2))
    result = Service()
    for number, (moment, account) in enumerate(opened, start=1):
        desk.handle(result, number, account, moment, now=now)
    moments = sorted(at - timedelta(minutes=rng.uniform(4, 420)) for _ in range(max(4, round(FRESH * scale))))
    western = [account for account in buyers if not account.place.is_chinese]
    for number, moment in enumerate(moments, start=len(opened) + 1):
        account = rng.choice(western if moment == moments[-1] else buyers)
        desk.handle(result, number, account, moment.replace(microsecond=0), now=at, is_fresh=True)
    result.tickets[-1] = _untouched(result.tickets[-1])
    result.tickets.append(_again(result.tickets[-1], len(result.tickets) + 1, (at - SENT_AGAIN).replace(microsecond=0)))
    result.questions.sort(key=lambda question: (question.asked_at, question.ticket_id))
    result.ratings.sort(key=lambda rating: (rating.at, rating.source_id))
    return result


def _untouched(ticket: TicketRecord) -> TicketRecord:
    """The ticket as it came in: nobody has it yet."""
    return replace(ticket, assignee="", events=ticket.events[:1], messages=ticket.messages[:1])


def _again(ticket: TicketRecord, number: int, at: datetime) -> TicketRecord:
    """The same words from the same customer in a ticket of its own: what a merge is for."""
    return replace(
        ticket,
        source_id=f"{ticket.source_id}{AGAIN}",
        number=f"D-{number:06}",
        created_at=at,
        events=(replace(ticket.events[0], at=at),),
        messages=(replace(ticket.messages[0], at=at),),
    )


def _openings(rng: Random, buyers: list[Account], rhythm: Rhythm, scale: float) -> list[tuple[datetime, Account]]:
    """When each buying account asked for something."""
    found = []
    for is_firm, share in ((True, SHARE_OF_FIRMS), (False, 1 - SHARE_OF_FIRMS)):
        group = [account for account in buyers if bool(account.domain) == is_firm]
        total = sum(account.size for account in group)
        for account in group:
            count = some(rng, TICKETS * scale * share * account.size / total)
            found += [(rhythm.moment(rng, account.place.time_zone, since=account.since), account) for _ in range(count)]
            if account.mood.trend:
                since = account.mood.turned_at
                extra = range(rng.randint(*MOVER_TICKETS))
                found += [(rhythm.moment(rng, account.place.time_zone, since=since), account) for _ in extra]
    return sorted(found, key=lambda entry: (entry[0], entry[1].id))


class _Desk:
    """Handles one ticket after the other, and never forgets what it draws."""

    def __init__(self, rng: Random, products: list[Product], trade: Trade, *, years: range) -> None:
        self.rng, self.trade = rng, trade
        self.notes = stream("ticket attributes")
        self.devices = [product for product in products if product.is_device]
        calendars = {calendar.name: calendar.business_hours(years) for calendar in CALENDARS}
        self.queues = {queue.name: (queue, calendars[queue.calendar]) for queue in QUEUES}

    def handle(
        self, result: Service, number: int, account: Account, at: datetime, *, now: datetime, is_fresh: bool = False
    ) -> None:
        """Write one ticket, and its rating where the customer gave one."""
        rng = self.rng
        topic, product, order = self._matter(account, at)
        contact = rng.choice(account.contacts)
        queue = self._queue(account, topic)
        agent, dispatcher = self._people(queue)
        talk = self._talk(topic, account, contact, product, order)
        priority = self._priority(account, topic)
        level = account.mood.level(at) + 0.6 * agent.skill
        channels = CHINESE if account.place.is_chinese else WESTERN
        channel = rng.choices(list(channels), list(channels.values()))[0]
        live = 0.35 if channel in (Channel.PHONE, Channel.CHAT) else 1.0
        plan_of_queue, hours = self.queues[queue]
        case = Case(
            opened_at=at,
            hours=hours,
            targets=targets_of(plan_of_queue)[priority],
            reply_pace=live * rng.lognormvariate(-0.75 - 0.55 * level, 0.75),
            work_pace=rng.lognormvariate(-0.8 - 0.35 * level, 0.7),
            reopens=min(0.35, max(0.01, 0.05 - 0.05 * level)),
            agent=agent,
            dispatcher=dispatcher,
            has_auto_reply=channel in (Channel.EMAIL, Channel.WEB) and rng.random() < 0.35,
            talk=talk,
        )
        subject = talk.subject()
        played = play(self._steps(case, now=now, is_fresh=is_fresh), agent=agent)
        record = TicketRecord(
            source_id=f"ticket-{number:06}",
            number=f"D-{number:06}",
            customer_id=account.id,
            subject=subject,
            created_at=at,
            queue=queue,
            requester_id=contact.id if contact.id != account.id else "",
            channel=channel,
            priority=priority,
            service_type=SERVICE_TYPES[topic],
            assignee=played.assignee,
            attributes=self._attributes(SERVICE_TYPES[topic]),
            events=tuple(played.events),
            messages=tuple(played.messages),
        )
        result.tickets.append(record)
        self._rate(result, record, played, case, level, now)

    def _matter(self, account: Account, at: datetime) -> tuple[str, Product, Purchase | None]:
        """What it is about: a topic, a product, and an order where the topic needs one and there is one."""
        rng = self.rng
        topic = rng.choices(list(TOPICS), list(TOPICS.values()))[0]
        before = [p for p in self.trade.by_account.get(account.id, ()) if p.record.ordered_at < at]
        if not before:
            return ("advice" if topic in NEED_AN_ORDER else topic), rng.choice(self.devices), None
        order = before[-1] if topic == "late" else rng.choice(before[-4:])
        if topic in NEED_AN_ORDER:
            return topic, rng.choice(order.products), order
        owned = [product for purchase in before[-6:] for product in purchase.products if product.is_device]
        return topic, rng.choice(owned or self.devices), order

    def _attributes(self, service_type: str) -> dict[str, Any]:
        """What agents typed into the fields of the ticket, where they did."""
        values: dict[str, Any] = {}
        if service_type == "repair" and self.notes.random() < 0.6:
            values["serial_number"] = f"SN-{self.notes.randrange(10**6):06}"
        if service_type == "complaint" and self.notes.random() < 0.5:
            values["cause"] = self.notes.choice(CAUSES)
        if self.notes.random() < 0.02:
            values["goodwill"] = self.notes.choice((10, 20, 25, 50))
        return values

    def _queue(self, account: Account, topic: str) -> str:
        is_repair = topic in ("broken", "wrong")
        if account.place.is_chinese:
            return "中国维修" if is_repair else "中国服务"
        if account.is_vip:
            return "VIP"
        if is_repair:
            return "Repairs"
        return "Billing" if topic == "invoice" else AT_THE_DESK[account.team]

    def _people(self, queue: str) -> tuple[Colleague, Colleague]:
        """Who works on it and who gave it to them: often themselves."""
        people = BY_QUEUE[queue]
        agent = self.rng.choice(people)
        leads = [person for person in people if person.role == "Lead"]
        return agent, self.rng.choice(leads) if leads and self.rng.random() < 0.4 else agent

    def _talk(self, topic: str, account: Account, contact: Contact, product: Product, order: Purchase | None) -> Talk:
        chinese = contact.writes_chinese
        return Talk(
            self.rng,
            topic,
            chinese=chinese,
            name=contact.name,
            product=product.name_zh if chinese else product.name,
            order=order.record.number if order else "",
            city=self.rng.choice(account.place.cities),
        )

    def _priority(self, account: Account, topic: str) -> Priority:
        priority = self.rng.choices(list(PRIORITIES), list(PRIORITIES.values()))[0]
        if (account.is_vip or topic == "broken") and priority < Priority.HIGH and self.rng.random() < 0.4:
            return Priority(priority + 1)
        return priority

    def _steps(self, case: Case, *, now: datetime, is_fresh: bool) -> list[Step]:
        """The steps up to now; of some of the newer tickets, no further than where they wait."""
        rng = self.rng
        age = now - case.opened_at
        chance = next((chance for days, chance in UNSOLVED if age < timedelta(days=days)), 0.0)
        status: TicketStatus | None = None
        if is_fresh:
            status = TicketStatus.NEW if rng.random() < 0.75 else TicketStatus.OPEN
        elif rng.random() < chance:
            is_new = age < NEW_FOR and rng.random() < 0.55
            status = TicketStatus.NEW if is_new else rng.choices(list(STATUS_NOW), list(STATUS_NOW.values()))[0]
        shape = rng.choice(SHAPES_NOW[status]) if status else rng.choices(list(SHAPES), list(SHAPES.values()))[0]
        whole = (replace(step, at=step.at.replace(microsecond=0)) for step in plan(rng, case, shape=shape))
        steps = sorted((step for step in whole if step.at < now), key=lambda step: step.at)
        if status:
            steps = until(steps, status, agent=case.agent)
        if status == TicketStatus.NEW and rng.random() < 0.65:
            steps = [step for step in steps if step.verb in ("opened", "auto")]
        return steps

    def _rate(
        self, result: Service, ticket: TicketRecord, played: Played, case: Case, level: float, now: datetime
    ) -> None:
        """The customer's mark: worse for slow answers, for what came back and for bad service all round."""
        rng = self.rng
        if played.solved_at is None or played.status not in (TicketStatus.SOLVED, TicketStatus.CLOSED):
            return
        slowness = min(2.0, max(0.0, case.reply_pace - 0.8)) + 0.5 * min(1.5, max(0.0, case.work_pace - 0.8))
        mark = 4.35 + 0.45 * level - 0.65 * slowness - 1.2 * played.reopened + rng.gauss(0, 0.75)
        mark = min(5.0, max(1.0, mark))
        at = played.solved_at + timedelta(hours=min(rng.expovariate(1 / 20), 200), minutes=5)
        is_silent = at >= now or rng.random() > RATED + (0.12 if mark < 2.5 else 0.0)
        if played.status == TicketStatus.SOLVED and played.solved_at > now - ASKED_FOR:  # before, nobody was asked
            question = Question(ticket.source_id, played.solved_at)
            if not is_silent:
                at = at.replace(microsecond=0)
                question = replace(
                    question,
                    opened_at=at - timedelta(minutes=2),
                    answered_at=at,
                    value=round(mark),
                    comment=case.talk.remark(round(mark)),
                )
            result.questions.append(question)
            return
        if is_silent:
            return
        scale, value = self._on_scale(mark)
        result.ratings.append(
            RatingRecord(
                source_id=f"rating-{ticket.source_id}",
                customer_id=ticket.customer_id,
                value=value,
                at=at.replace(microsecond=0),
                scale=scale,
                comment=case.talk.remark(round(mark)),
                ticket_id=ticket.source_id,
            )
        )

    def _on_scale(self, mark: float) -> tuple[str, int]:
        draw = self.rng.random()
        if draw < 0.04:
            return RatingScale.NPS, min(10, max(0, round((mark - 1) * 2.5)))
        if draw < 0.08:
            return RatingScale.CES, min(7, max(1, round(1 + (mark - 1) * 1.5)))
        return RatingScale.CSAT, round(mark)
