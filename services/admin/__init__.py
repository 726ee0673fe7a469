from services.admin import agents, calendars, policies, queues, ratings, ticket_attributes, tickets

__all__ = ["agents", "calendars", "policies", "queues", "ratings", "ticket_attributes", "tickets"]
