"""What the person on call looks at: who was heard from, what waits, how quick the answers are."""
