from services.tests.conftest import var

__all__ = ["var"]
