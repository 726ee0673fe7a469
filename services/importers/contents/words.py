"""How other systems call states, priorities and channels of a ticket."""

from customers.folding import fold
from services.choices import Channel, Priority, TicketStatus

STATUSES: dict[str, str] = {
    **dict.fromkeys(("new", "open new", "proposed", "created", "submitted", "新建", "新"), TicketStatus.NEW),
    **dict.fromkeys(
        (
            "open", "active", "assigned", "open assigned", "in progress", "working", "escalated", "researching",
            "reopened", "on going", "处理中", "进行中", "打开",
        ),
        TicketStatus.OPEN,
    ),
    **dict.fromkeys(
        (
            "pending", "pending input", "open pending input", "waiting on customer", "waiting for customer",
            "waiting for details", "waiting for info", "awaiting customer response", "待客户",
        ),
        TicketStatus.PENDING,
    ),
    **dict.fromkeys(("on hold", "hold", "waiting on third party", "waiting on vendor", "挂起"), TicketStatus.ON_HOLD),
    **dict.fromkeys(
        ("solved", "resolved", "problem solved", "information provided", "done", "completed", "已解决"),
        TicketStatus.SOLVED,
    ),
    **dict.fromkeys(
        (
            "closed", "closed closed", "rejected", "closed rejected", "duplicate", "closed duplicate", "cancelled",
            "canceled", "merged", "archived", "已关闭", "关闭", "已取消",
        ),
        TicketStatus.CLOSED,
    ),
}  # fmt: skip
PRIORITIES: dict[str, int] = {
    **dict.fromkeys(("low", "p3", "p4", "minor", "trivial", "planning", "低"), Priority.LOW),
    **dict.fromkeys(("normal", "medium", "p2", "moderate", "standard", "中", "普通"), Priority.NORMAL),
    **dict.fromkeys(("high", "p1", "major", "important", "高"), Priority.HIGH),
    **dict.fromkeys(("urgent", "critical", "p0", "blocker", "immediate", "紧急"), Priority.URGENT),
}
CHANNELS: dict[str, str] = {
    **dict.fromkeys(("email", "e mail", "mail", "email to case", "邮件"), Channel.EMAIL),
    **dict.fromkeys(("phone", "phone call", "phone call inbound", "voice", "voicemail", "call", "电话"), Channel.PHONE),
    **dict.fromkeys(("web", "web form", "website", "web service", "internet", "web to case", "网站"), Channel.WEB),
    **dict.fromkeys(("portal", "self service", "community", "help center", "help center post"), Channel.PORTAL),
    **dict.fromkeys(("chat", "live chat", "messaging", "在线聊天"), Channel.CHAT),
    **dict.fromkeys(
        ("facebook", "twitter", "whatsapp", "wechat", "sms", "text", "line", "instagram", "social", "微信"),
        Channel.MESSENGER,
    ),
    **dict.fromkeys(("in person", "walk in", "visit", "上门"), Channel.IN_PERSON),
    "api": Channel.API,
}
GOOD = {"good", "good with comment", "satisfied", "very satisfied", "positive"}
BAD = {"bad", "bad with comment", "dissatisfied", "very dissatisfied", "negative"}


def plain(text: str) -> str:
    """A word of another system as it is looked up: `In_Progress` is `in progress`."""
    return fold(text.replace("_", " ").replace("-", " "))


def satisfaction_of(text: str) -> int | None:
    """A rating from 1 to 5 for what a customer said; None where they said nothing."""
    word = plain(text)
    if word in GOOD:
        return 5
    if word in BAD:
        return 1
    return int(word) if word in ("1", "2", "3", "4", "5") else None
