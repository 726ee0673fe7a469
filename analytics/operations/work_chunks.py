from collections.abc import Callable, Iterator
from datetime import datetime

from analytics.models import ScoringChunk, ScoringRun
from analytics.operations.claim_chunk import claim_chunk
from analytics.operations.finish_run import finish_run
from analytics.operations.give_back_chunk import give_back_chunk
from analytics.operations.score_chunk import score_chunk


def work_chunks(*, clock: Callable[[], datetime], run: ScoringRun | None = None) -> Iterator[tuple[ScoringChunk, int]]:
    """Claim and score chunks, of `run` or of any run, the most urgent first, until none is free; then close the run.
    Yields each chunk that was published and its number of customers.

    `clock` tells when a score was computed: a worker goes on for longer than one moment. What is not a fault in the
    data (a lost database, a bug) is raised; the chunk is then free again, at the latest when its lease ends."""
    while chunk := claim_chunk(run=run):
        customers = None
        try:
            customers = score_chunk(chunk=chunk, at=clock())
        except Exception as error:
            give_back_chunk(chunk=chunk, error=error)
            if not isinstance(error, ValueError):
                raise
        if customers is not None:
            yield chunk, customers
        finish_run(run=chunk.run, at=clock())
    if run is not None:
        finish_run(run=run, at=clock())
