"""What has to happen every few seconds in this room."""

import logging
from collections.abc import Callable
from datetime import datetime

from services.operations.forget_attachments import forget_attachments
from services.operations.forget_presence import forget_silent

logger = logging.getLogger(__name__)

Step = Callable[..., object]

STEPS: tuple[Step, ...] = (forget_silent, forget_attachments)
"""Each is called with the moment, and may be lost, doubled or run twice at once."""


def tick(*, at: datetime, steps: tuple[Step, ...] | None = None) -> None:
    """Do every step. One that fails is logged, without what it says, and keeps none of the others from being done."""
    for step in STEPS if steps is None else steps:
        try:
            step(at=at)
        except Exception as error:
            logger.error("%s failed: %s", getattr(step, "__name__", step), type(error).__name__)
