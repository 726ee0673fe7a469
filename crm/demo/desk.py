"""The service desk of the demo company: calendars in four time zones, queues, service types, policies and what happens
when they are missed, attributes of tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crm.demo.staff import CHINA, FINANCE, MANUFACTURING, RETAIL
from customers.choices import AttributeType
from services.choices import EscalationAction, Priority, SLAClock
from services.operations.ensure_ticket_attributes import NewTicketAttribute
from services.operations.prepare_services import FIRST_TARGETS
from services.operations.public_holidays import public_holidays
from services.sla.business_time import BusinessHours

Hours = dict[str, list[list[str]]]
Targets = dict[Priority, tuple[int, int, int]]  # minutes of business time: first reply, next reply, resolution


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    name: str
    time_zone: str
    hours: Hours
    country: str = ""  # whose holidays it keeps
    subdivision: str = ""
    language: str = "en"  # of the holidays' names

    def holidays(self, years: Iterable[int]) -> dict[date, str]:
        """The days of these years on which nobody works, with their names."""
        if not self.country:
            return {}
        return public_holidays(country=self.country, subdivision=self.subdivision, years=years, language=self.language)

    def business_hours(self, years: Iterable[int]) -> BusinessHours:
        """The calendar as the clocks read it."""
        return BusinessHours.from_json(self.hours, self.holidays(years), self.time_zone)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    name: str
    team: str
    calendar: str
    targets: Targets | None = None  # of a policy of its own
    typical_reply_seconds: int = 4 * 3600


def _week(*shifts: tuple[str, str], saturday: tuple[tuple[str, str], ...] = ()) -> Hours:
    days: Hours = {str(day): [list(shift) for shift in shifts] for day in range(5)}
    return days | ({"5": [list(shift) for shift in saturday]} if saturday else {})


def _faster(by: float) -> Targets:
    return {p: (round(a * by), round(b * by), round(c * by)) for p, (a, b, c) in FIRST_TARGETS.items()}


CALENDARS = (
    CalendarPlan("Works desk", "Europe/Berlin", _week(("08:00", "12:00"), ("12:45", "17:00")), "DE", "BY"),
    CalendarPlan("Long desk", "Europe/London", _week(("07:00", "20:00"), saturday=(("09:00", "13:00"),)), "GB", "ENG"),
    CalendarPlan("Atlantic desk", "America/New_York", _week(("08:00", "18:00")), "US", "NY"),
    CalendarPlan("中国工作时间", "Asia/Shanghai", _week(("09:00", "12:00"), ("13:30", "18:00")), "CN", "", "zh-hans"),
    CalendarPlan("Round the clock", "UTC", {str(day): [["00:00", "24:00"]] for day in range(7)}),
)
QUEUES = (
    QueuePlan("Support", RETAIL, "Long desk"),
    QueuePlan("Industry support", MANUFACTURING, "Works desk"),
    QueuePlan("Banking support", FINANCE, "Atlantic desk"),
    QueuePlan("Repairs", MANUFACTURING, "Works desk", _faster(2.0), 8 * 3600),
    QueuePlan("Billing", FINANCE, "Long desk"),
    QueuePlan("VIP", RETAIL, "Round the clock", _faster(0.5), 3600),
    QueuePlan("中国服务", CHINA, "中国工作时间", _faster(0.75), 2 * 3600),
    QueuePlan("中国维修", CHINA, "中国工作时间", _faster(1.5), 6 * 3600),
)
CLOSES_AFTER_DAYS = 14
# what policies do: clock, minutes of business time from when it is due, action, whom to tell beside the assignee
STEPS = (
    (SLAClock.FIRST_REPLY, -30, EscalationAction.NOTIFY, ""),
    (SLAClock.NEXT_REPLY, 0, EscalationAction.NOTIFY, "lead"),
    (SLAClock.RESOLUTION, -60, EscalationAction.NOTIFY, ""),
    (SLAClock.RESOLUTION, 120, EscalationAction.RAISE_PRIORITY, ""),
)
STEPS_OF_VIPS = (
    (SLAClock.FIRST_REPLY, -10, EscalationAction.NOTIFY, "lead"),
    (SLAClock.FIRST_REPLY, 15, EscalationAction.REASSIGN, "lead"),
    (SLAClock.NEXT_REPLY, -15, EscalationAction.NOTIFY, ""),
    (SLAClock.RESOLUTION, 30, EscalationAction.RAISE_PRIORITY, ""),
)
CAUSES = ("damaged on the way", "wrong part", "faulty", "late", "billing mistake", "something else")
TICKET_ATTRIBUTES = (
    NewTicketAttribute("serial_number", "Serial number", service_type="repair"),
    NewTicketAttribute("cause", "Cause", AttributeType.CHOICE, CAUSES, "complaint"),
    NewTicketAttribute("goodwill", "Goodwill, amount", AttributeType.NUMBER),
)
SERVICE_TYPES = {
    "question": "Question",
    "complaint": "Complaint",
    "repair": "Repair",
    "return": "Return",
    "billing": "Billing",
    "delivery": "Delivery",
    "offer": "Offer",
}


def targets_of(queue: QueuePlan) -> Targets:
    """What the queue promises: its own policy's targets, else the standard ones."""
    return queue.targets or FIRST_TARGETS
