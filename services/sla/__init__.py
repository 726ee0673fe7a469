"""Service clocks as pure mathematics: no Django, no clock of its own, no database.

business_time  opening hours as exact instants: how much business time lies between two moments
clock          from a ticket's append-only events to its intervals, due times and breaches
"""
