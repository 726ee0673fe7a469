from datetime import datetime

from services.models import RatingRequest


def open_rating_request(*, request: RatingRequest, at: datetime) -> RatingRequest:
    """Note when the link was opened first. Whoever opens it, a mail scanner too, has said nothing yet."""
    if request.opened_at is None:
        RatingRequest.objects.filter(pk=request.pk, opened_at=None).update(opened_at=at)
        request.refresh_from_db(fields=["opened_at"])
    return request
