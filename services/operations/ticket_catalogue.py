"""What a batch of imported tickets is looked up in: queues, service types, people, policies; read once, not per row."""

from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext as _

from customers.models import Team, User
from customers.operations.check_row import check_row
from customers.operations.records import Refused
from customers.operations.source import Source, chunks
from services.models import Agent, Queue, ServiceType, SLAPolicy
from services.operations.ensure_queue import ensure_queue
from services.operations.records import TicketRecord
from services.operations.sla_terms import Terms, hours_of, make_terms


class Catalogue:
    """Queues and service types are made when they are missing; people are not. In a rehearsal nothing is made: what is
    missing has no key, or one below zero."""

    def __init__(self, source: Source, records: Sequence[TicketRecord], team: Team) -> None:
        self._queues = _queues(source, records, team)
        self._types = _service_types(source, records)
        names = {r.assignee for r in records} | {e.actor for r in records for e in r.events}
        names |= {m.author for r in records for m in r.messages}
        self._users: dict[str, int] = {}
        self._agents: dict[str, int] = {}
        for some in chunks(names - {""}):
            self._users.update(User.objects.filter(username__in=some).values_list("username", "pk"))
            agents = Agent.objects.filter(user__username__in=some)
            self._agents.update(agents.values_list("user__username", "pk"))
        self._policies = list(SLAPolicy.objects.filter(is_active=True).prefetch_related("targets"))
        self._targets = {
            (policy.pk, target.priority): target
            for policy in SLAPolicy.objects.prefetch_related("targets")
            for target in policy.targets.all()
        }
        self._terms = cache(self._make_terms)

    def queue(self, name: str) -> Queue:
        """A queue by name. Raises Refused for a name that no queue can have."""
        if name.casefold() not in self._queues:
            raise Refused(_("queue: the name is missing, too long or not storable"))
        return self._queues[name.casefold()]

    def service_type_id(self, code: str) -> int | None:
        """A service type by code; None for an empty one. Raises Refused for a code that none can have."""
        if code and code not in self._types:
            raise Refused(_("service_type: the code is too long or has other signs than letters, digits, - and _"))
        return self._types[code] if code else None

    def user_id(self, username: str) -> int | None:
        """A user by name; None for an empty one. Raises Refused for an unknown one."""
        if username and username not in self._users:
            raise Refused(_("there is no user “%(username)s”") % {"username": username})
        return self._users[username] if username else None

    def agent_id(self, username: str) -> int | None:
        """An agent by the user's name; None for an empty one. Raises Refused for an unknown one."""
        if username and username not in self._agents:
            raise Refused(_("there is no agent “%(username)s”") % {"username": username})
        return self._agents[username] if username else None

    def policy_id(self, queue_id: int, service_type_id: int | None) -> int | None:
        """As open_ticket chooses it: the first active policy by position whose conditions are met."""
        for policy in self._policies:
            if policy.queue_id in (None, queue_id) and policy.service_type_id in (None, service_type_id):
                return policy.pk
        return None

    def terms(self, *, queue_id: int, policy_id: int | None, priority: int) -> Terms:
        """What a ticket is measured by."""
        return self._terms(queue_id, policy_id, priority)

    def _make_terms(self, queue_id: int, policy_id: int | None, priority: int) -> Terms:
        queue = Queue.objects.select_related("calendar").get(pk=queue_id)
        target = self._targets.get((policy_id, priority)) if policy_id else None
        return make_terms(hours=hours_of(queue.calendar), queue=queue, target=target)


def _queues(source: Source, records: Sequence[TicketRecord], team: Team) -> dict[str, Queue]:
    found = {queue.name.casefold(): queue for queue in Queue.objects.all()}
    made: list[Queue] = []
    for name in dict.fromkeys(r.queue for r in records):
        if name.casefold() in found or not _is_storable(Queue(name=name, team=team), ("team", "calendar")):
            continue
        queue = Queue(name=name, team=team) if source.rehearsal else ensure_queue(name=name, team=team)
        found[name.casefold()] = queue
        made += [] if source.rehearsal else [queue]
    source.wrote(Queue, created=made)
    return found


def _service_types(source: Source, records: Sequence[TicketRecord]) -> dict[str, int]:
    found = dict(ServiceType.objects.values_list("code", "pk"))
    made: list[ServiceType] = []
    for code in dict.fromkeys(r.service_type for r in records if r.service_type):
        name = code.replace("-", " ").replace("_", " ").capitalize()
        if code in found or not _is_storable(ServiceType(code=code, name=name), ()):
            continue
        if source.rehearsal:
            found[code] = -len(found) - 1
            continue
        row, is_new = ServiceType.objects.get_or_create(code=code, defaults={"name": name})
        found[code] = row.pk
        made += [row] if is_new else []
    source.wrote(ServiceType, created=made)
    return found


def _is_storable(row: Queue | ServiceType, leave_out: tuple[str, ...]) -> bool:
    try:
        check_row(row, leave_out=leave_out)
    except Refused:
        return False
    return True
