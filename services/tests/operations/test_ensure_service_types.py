import pytest

from services.models import ServiceType
from services.operations.ensure_service_types import ensure_service_types

pytestmark = pytest.mark.django_db


def test_what_is_missing_is_made_and_what_is_here_stays() -> None:
    ServiceType.objects.filter(code="repair").update(name="Mending")
    found = ensure_service_types(names={"repair": "Repair", "loan": "Loan"})
    assert (found["repair"].name, found["loan"].name) == ("Mending", "Loan")
    assert ensure_service_types(names={"repair": "Repair", "loan": "Loan"}) == found
