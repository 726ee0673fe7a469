from services.admin import agents, calendars, desk_views, macros, policies, queues, ratings, tickets

__all__ = ["agents", "calendars", "desk_views", "macros", "policies", "queues", "ratings", "tickets"]
