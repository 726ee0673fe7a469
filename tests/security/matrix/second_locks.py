"""Scopes without which the matrix stays green, each with the reason. The lists are exact: one that is not needed fails."""

# Another lock holds the same rows.
SECOND_LOCKS: dict[str, str] = {}
# No address of the matrix comes by; where it is watched instead.
ELSEWHERE: dict[str, str] = {}
