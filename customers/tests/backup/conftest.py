from customers.tests.backup.world import place

__all__ = ["place"]
