"""Calls, meetings, visits and campaign touches: what stands beside tickets and orders in a customer's timeline."""

from datetime import datetime, timedelta
from random import Random

from crm.demo.chance import Rhythm, some, stream
from crm.demo.parties import Account
from customers.choices import Direction, InteractionKind
from customers.operations.records import InteractionRecord

PER_SIZE = {"client": 4.5, "partner": 7.0, "prospect": 6.0, "supplier": 3.0}

# kind, how often, (subject, text) in English, the same in Chinese
OCCASIONS = (
    (InteractionKind.CALL, 45, (
        ("Regular call", "All well. They think about replacing the older devices next year."),
        ("Call about open offer", "Waiting for the budget, call again at the end of the month."),
        ("Price question", "Wants the same terms as last year. Promised an answer this week."),
        ("Follow-up after repair", "Device is back and works. Asked for a loan device next time."),
    ), (
        ("例行电话", "使用正常，考虑明年更换旧设备。"),
        ("报价跟进", "等预算批复，月底再联系。"),
        ("询问价格", "希望维持去年的条件，本周内答复。"),
        ("维修回访", "设备已恢复，下次希望提供备用机。"),
    )),
    (InteractionKind.MEETING, 18, (
        ("Quarterly review", "Went through deliveries and tickets. Main wish: fewer part deliveries."),
        ("Project kick-off", "New site, equipment list agreed, delivery in two steps."),
        ("Online demonstration", "Showed the new mobile computers to the warehouse lead. Very interested."),
    ), (
        ("季度回顾会", "回顾了交货和工单情况，客户希望减少分批发货。"),
        ("项目启动会", "新门店，设备清单已确认，分两批交货。"),
        ("线上演示", "向仓库主管演示了新款手持终端，兴趣很大。"),
    )),
    (InteractionKind.VISIT, 12, (
        ("Visit on site", "Walked through the warehouse. Two scales are due for calibration."),
        ("Installation", "Installed and tested with the staff, all signed off."),
    ), (
        ("上门拜访", "参观了仓库，有两台秤需要校准。"),
        ("现场安装", "已安装并与员工一起测试，验收签字。"),
    )),
    (InteractionKind.CAMPAIGN, 25, (
        ("Spring catalogue", ""), ("Trade fair invitation", ""), ("Service contract renewal mailing", ""),
    ), (
        ("春季产品目录", ""), ("展会邀请函", ""), ("维保续签通知", ""),
    )),
)  # fmt: skip


def interactions(accounts: list[Account], rhythm: Rhythm) -> list[InteractionRecord]:
    """The touches of two years, oldest first."""
    rng = stream("interactions")
    found = []
    for account in accounts:
        mean = PER_SIZE[account.standing] * account.size if account.domain else 1.2 * account.size
        moments = [rhythm.moment(rng, account.place.time_zone, since=account.since) for _ in range(some(rng, mean))]
        found += [_interaction(rng, account, moment) for moment in moments]
    found.sort(key=lambda record: (record.at, record.customer_id))
    return found


def _interaction(rng: Random, account: Account, at: datetime) -> InteractionRecord:
    kind, _, english, chinese = rng.choices(OCCASIONS, [weight for _, weight, _, _ in OCCASIONS])[0]
    subject, body = rng.choice(chinese if account.place.is_chinese else english)
    inbound = kind == InteractionKind.CALL and rng.random() < 0.4
    person = rng.choice(account.contacts)
    return InteractionRecord(
        customer_id=person.id if rng.random() < 0.3 else account.id,
        kind=kind,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        subject=subject,
        body=body,
        at=at - timedelta(microseconds=at.microsecond),
    )
