"""What is known of a customer in the rooms above: tickets, ratings, scores."""

from statistics import fmean
from typing import Any

from analytics.operations.score_distribution import percentile_of
from customers.models import Customer, User
from customers.segments.definition import Condition
from services.models import Ticket
from tests.cast import NOW
from tests.segments.naive_operators import fits, within


class Services:
    """Looks at one customer, as far as the user sees."""

    user: User | None
    teams: set[int]
    distribution: dict[str, Any] | None

    def _served(self, row: Customer, c: Condition, *, as_requester: bool = False) -> list[Ticket]:
        tickets = row.requested_tickets if as_requester else row.tickets
        found = []
        for one in tickets.all():
            is_mine = self.user is None or one.team_id in self.teams
            if self.user is not None and one.assignee is not None:
                is_mine = is_mine or one.assignee.user_id == self.user.pk
            type_code = one.service_type.code if one.service_type else None
            if "service_type" in c.where and type_code not in c.where["service_type"]:
                continue
            if "queue" in c.where and one.queue_id not in c.where["queue"]:
                continue
            if is_mine and within(one.created_at, c) and fits(one, c, "status", "priority", "channel"):
                found.append(one)
        return found

    def _tickets(self, row: Customer, c: Condition) -> Any:
        return len(self._served(row, c))

    def _requested_tickets(self, row: Customer, c: Condition) -> Any:
        return len(self._served(row, c, as_requester=True))

    def _open_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(one.status in ("new", "open", "pending", "on_hold") for one in self._served(row, c))

    def _breached_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(map(_is_breached, self._served(row, c)))

    def _reopened_tickets(self, row: Customer, c: Condition) -> Any:
        return sum(one.reopen_count > 0 for one in self._served(row, c))

    def _reopenings(self, row: Customer, c: Condition) -> Any:
        return sum(one.reopen_count for one in self._served(row, c))

    def _last_ticket(self, row: Customer, c: Condition) -> Any:
        return max((one.created_at for one in self._served(row, c)), default=None)

    def _rated(self, row: Customer, c: Condition) -> list[Any]:
        return [
            one
            for one in row.ratings.all()
            if one.replaced_by_id is None and within(one.at, c) and fits(one, c, "scale")
        ]

    def _ratings(self, row: Customer, c: Condition) -> Any:
        return len(self._rated(row, c))

    def _last_rating(self, row: Customer, c: Condition) -> Any:
        rated = sorted(self._rated(row, c), key=lambda one: (one.at, one.pk))
        return rated[-1].value if rated else None

    def _average_rating(self, row: Customer, c: Condition) -> Any:
        values = [one.value for one in self._rated(row, c)]
        return round(fmean(values) + 1e-9, 2) if values else None

    def _last_rated(self, row: Customer, c: Condition) -> Any:
        return max((one.at for one in self._rated(row, c)), default=None)

    def _scored(self, row: Customer, name: str) -> Any:
        score = getattr(row, "score", None)
        return None if score is None else getattr(score, name)

    def _score(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "score")

    def _score_percentile(self, row: Customer, c: Condition) -> Any:
        score = self._scored(row, "score")
        return None if score is None else percentile_of(score, self.distribution)

    def _score_change(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "change")

    def _low_evidence(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "low_evidence")

    def _score_moved_by(self, row: Customer, _c: Condition) -> Any:
        return self._scored(row, "change_factor")

    def _relation_points(self, row: Customer, _c: Condition) -> Any:
        effect = getattr(row, "relation_effect", None)
        return None if effect is None else effect.points

    def _single_contact(self, row: Customer, _c: Condition) -> Any:
        return hasattr(row, "contact_risk")

    def _worth(self, row: Customer, column: str) -> Any:
        value = getattr(row, "value", None)
        return None if value is None else getattr(value, column)

    def _value_fifth(self, row: Customer, _c: Condition) -> Any:
        return self._worth(row, "clv_fifth")

    def _value(self, row: Customer, _c: Condition) -> Any:
        return self._worth(row, "clv")

    def _expected_orders(self, row: Customer, _c: Condition) -> Any:
        return self._worth(row, "expected_orders")

    def _churn(self, row: Customer, _c: Condition) -> Any:
        return self._worth(row, "churn")

    def _top_category(self, row: Customer, _c: Condition) -> Any:
        profile = getattr(row, "preferences", None)
        return profile.categories[0]["category"] if profile and profile.categories else None


def _is_breached(one: Ticket) -> bool:
    unsolved = one.status in ("new", "open", "pending", "on_hold")
    late_reply = one.first_replied_at is None and one.first_reply_due_at is not None and one.first_reply_due_at < NOW
    late_solution = unsolved and one.resolution_due_at is not None and one.resolution_due_at < NOW
    return bool(one.first_reply_breached_at or one.resolution_breached_at or late_reply or late_solution)
