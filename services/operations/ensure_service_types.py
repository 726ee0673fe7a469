from collections.abc import Mapping

from django.db import transaction

from services.models import ServiceType


@transaction.atomic
def ensure_service_types(*, names: Mapping[str, str]) -> dict[str, ServiceType]:
    """The service types of these codes (code to name, in English: readers see it in their language); made where they
    are missing, left as staff set them where they are here."""
    return {
        code: ServiceType.objects.get_or_create(code=code, defaults={"name": name})[0] for code, name in names.items()
    }
