from services.admin import agents, calendars, policies, queues, ratings, tickets

__all__ = ["agents", "calendars", "policies", "queues", "ratings", "tickets"]
