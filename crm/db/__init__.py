"""How each database is connected to."""
