"""A service desk of any size for benchmarks, written by PostgreSQL itself: customers, tickets, two messages and three
events each, and the words by which they are found. The texts are drawn from pools that are made here, a fifth of them
Chinese; how often words occur falls off as it does in real texts. The same rows on every run."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from mimesis import Text
from mimesis.locales import Locale

from services.folding import words_of

TEAMS, QUEUES, AGENTS = 10, 20, 40
SUBJECTS, BODIES = 4_000, 20_000
# One in so many bodies has the rare word: with it a page of finds is full at every size, and what is compared is the
# search, not how many rows were drawn.
RARE = 400
_ZH = (
    "水泵 漏水 发票 退款 工程师 安装 维修 电机 轴承 密封圈 订单 快递 延误 价格 合同 保修 客服 系统 登录 密码 账户 报价",
    "压力 温度 噪音 更换 零件 说明书 现场 检查 尽快 处理 感谢 您好 请问 已经 没有 收到 确认 地址 电话 时间 明天 上午",
    "下午 问题 严重 停机 生产线 控制器 软件 升级 传感器 故障 代码 重启 无法 使用",
)
ZH = [word for line in _ZH for word in line.split()]
TABLES = ("services_ticketwords", "services_ticketevent", "services_message", "services_ticket", "customers_customer")

POOL = "CREATE TABLE bench_{name} (id int PRIMARY KEY, text text, words tsvector)"
CUSTOMERS = """
INSERT INTO customers_customer (version, kind, name, search_name, name_key, given_name, family_name, language, country,
    industry, team_id, attributes, created_at, updated_at, last_activity_at, activity_version)
SELECT 1, 'person', 'Customer ' || i, 'customer ' || i, 0, '', '', 'en', 'GB', '', t.ids[1 + i %% %(teams)s], '{}',
    now(), now(), now(), 0
FROM generate_series(1, %(customers)s) i, (SELECT array_agg(id ORDER BY id) AS ids FROM customers_team) t
"""
# The newest are open, one in fifty of the older too; one in eight was late, one in twenty reopened.
TICKETS = """
INSERT INTO services_ticket (version, source, number, subject, customer_id, channel, queue_id, team_id, priority,
    assignee_id, status, policy_id, attributes, created_at, updated_at, first_replied_at, first_reply_seconds,
    first_reply_due_at, first_reply_breached_at, solved_at, resolution_seconds, resolution_due_at,
    resolution_breached_at, reopen_count)
SELECT 3, '', 'T-' || lpad(i::text, 8, '0'), s.text, c.low + i::bigint * 7919 %% %(customers)s,
    (ARRAY['email', 'phone', 'web', 'chat'])[1 + i %% 4], q.ids[1 + h %% %(queues)s], q.teams[1 + h %% %(queues)s],
    1 + h / 64 %% 4, CASE WHEN h / 8 %% 10 > 0 THEN a.ids[1 + h / 32 %% %(agents)s] END,
    CASE WHEN is_open THEN (ARRAY['new', 'open', 'pending', 'on_hold'])[1 + h / 16 %% 4]
         WHEN i > %(tickets)s * 0.9 THEN 'solved' ELSE 'closed' END,
    p.id, '{}', at, at, at + make_interval(secs => replied), replied,
    NULL, CASE WHEN h / 128 %% 8 = 0 THEN at + interval '4 hours' END,
    CASE WHEN NOT is_open THEN at + make_interval(secs => replied + solved) END,
    CASE WHEN NOT is_open THEN replied + solved END, at + interval '3 days',
    CASE WHEN h / 256 %% 8 = 0 THEN at + interval '3 days' END, CASE WHEN h / 512 %% 20 = 0 THEN 1 ELSE 0 END
FROM (SELECT i, (hashint4(i) & 2147483647) AS h, i > %(tickets)s * 0.98 OR i %% 50 = 0 AS is_open,
        %(now)s::timestamptz - make_interval(secs => (%(tickets)s - i) * 63072000.0 / %(tickets)s) AS at,
        60 + (hashint4(i + 1) & 2147483647) %% 28800 AS replied,
        600 + (hashint4(i + 2) & 2147483647) %% 259200 AS solved
      FROM generate_series(1, %(tickets)s) i) i
JOIN bench_subjects s ON s.id = h %% %(subjects)s,
    (SELECT min(id) AS low FROM customers_customer) c,
    (SELECT array_agg(id ORDER BY id) AS ids, array_agg(team_id ORDER BY id) AS teams FROM services_queue) q,
    (SELECT array_agg(id ORDER BY id) AS ids FROM services_agent) a,
    (SELECT min(id) AS id FROM services_slapolicy) p
"""
MESSAGES = """
INSERT INTO services_message (ticket_id, kind, direction, body, customer_id, at, is_automatic, delivery_status)
SELECT t.id, 'reply', CASE n WHEN 1 THEN 'inbound' ELSE 'outbound' END, b.text || ' R' || t.id, t.customer_id,
    t.created_at + n * interval '1 hour', false, 'none'
FROM services_ticket t CROSS JOIN generate_series(1, 2) n
JOIN bench_bodies b ON b.id = (hashint4(t.id::int * 2 + n) & 2147483647) %% %(bodies)s
ORDER BY t.id
"""
EVENTS = """
INSERT INTO services_ticketevent (ticket_id, kind, at, recorded_at, status_after, data)
SELECT t.id, e.kind, t.created_at + e.n * interval '1 hour', t.created_at, e.status, '{}'
FROM services_ticket t CROSS JOIN (
    VALUES (0, 'opened', 'new'), (1, 'agent_reply', 'open'), (2, 'status', 'solved')) AS e (n, kind, status)
WHERE e.n < 2 OR t.solved_at IS NOT NULL
"""
WORDS = """
INSERT INTO services_ticketwords (ticket_id, words)
SELECT t.id, s.words || one.words || two.words || array_to_tsvector(
    ARRAY['t', split_part(t.number, '-', 2), 'r' || t.id])
FROM services_ticket t
JOIN bench_subjects s ON s.text = t.subject
JOIN bench_bodies one ON one.id = (hashint4(t.id::int * 2 + 1) & 2147483647) %% %(bodies)s
JOIN bench_bodies two ON two.id = (hashint4(t.id::int * 2 + 2) & 2147483647) %% %(bodies)s
"""


def empty() -> None:
    """Take everything away that `fill` made."""
    _run("DROP TABLE IF EXISTS bench_subjects, bench_bodies")
    _run(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")


def fill(tickets: int, now: Any) -> None:
    """Write so many tickets, the newest of them now, of a fifth as many customers."""
    _make_staff()
    _make_pools()
    given = {
        "tickets": tickets,
        "customers": max(1, tickets // 5),
        "teams": TEAMS,
        "queues": QUEUES,
        "agents": AGENTS,
        "subjects": SUBJECTS,
        "bodies": BODIES,
        "now": now,
    }
    with _bare_tables():
        for statement in CUSTOMERS, TICKETS, MESSAGES, EVENTS, WORDS:
            _run(statement, given)
    _run("VACUUM ANALYZE")


def _make_staff() -> None:
    from customers.models import Team, User
    from services.models import Agent, Calendar, Queue

    if Queue.objects.filter(name="Queue 0").exists():
        return
    teams = [Team.objects.create(name=f"Team {n}") for n in range(TEAMS)]
    calendar = Calendar.objects.order_by("pk")[0]
    for n in range(QUEUES):
        Queue.objects.create(name=f"Queue {n}", team=teams[n % TEAMS], calendar=calendar)
    for n in range(AGENTS):
        user = User.objects.create(username=f"agent{n}", is_staff=True)
        user.teams.set([teams[n % TEAMS]])
        Agent.objects.create(user=user, name=f"Agent {n}")


def _make_pools() -> None:
    rng = random.Random(20261126)
    english = sorted(set(Text(Locale.EN, seed=1).words(quantity=6000)))
    rng.shuffle(english)
    made = [f"{a}{b}" for a in english[:80] for b in ("er", "ing", "ness", "ful")]  # the long tail
    vocabulary = [*english, *made]
    for name, number, long in (("subjects", SUBJECTS, 4), ("bodies", BODIES, 24)):
        _run(POOL.format(name=name))
        with connection.cursor() as cursor, cursor.copy(f"COPY bench_{name} FROM STDIN") as copy:
            for i in range(number):
                text = _text(rng, vocabulary, i, long)
                copy.write_row((i, text, " ".join(f"'{word}'" for word in sorted(words_of(text)))))


def _text(rng: random.Random, vocabulary: list[str], i: int, long: int) -> str:
    if i % 5 == 0:
        return "，".join("".join(rng.choice(ZH) for _ in range(3)) for _ in range(long // 2)) + f"。{i}号"
    words = [vocabulary[int(len(vocabulary) * rng.random() ** 3)] for _ in range(long)]
    if long > 10 and i % RARE == 1:
        words.append("zugzwang")
    return " ".join(words).capitalize() + f" n{i}."


@contextmanager
def _bare_tables() -> Iterator[None]:
    """Without indexes, and without looking up each foreign key: they are right by construction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE '%% UNIQUE %%'",
            [list(TABLES)],
        )
        indexes = cursor.fetchall()
    for name, _ in indexes:
        _run(f"DROP INDEX {name}")
    _run("SET session_replication_role = replica")
    try:
        yield
    finally:
        _run("SET session_replication_role = DEFAULT")
        _run("SET maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            _run(definition)


def _run(statement: str, params: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
