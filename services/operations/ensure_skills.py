from collections.abc import Iterable

from services.models import Skill


def ensure_skills(*, names: Iterable[str]) -> dict[str, Skill]:
    """The skills of these names; made where they are missing."""
    return {name: Skill.objects.get_or_create(name=name)[0] for name in names}
