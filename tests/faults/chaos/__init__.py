"""Faults at random moments under load, and the books that must be right afterwards."""
