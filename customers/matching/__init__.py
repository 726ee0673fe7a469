"""Are two customers the same? Pure: profiles go in, a likeness between 0 and 1 and its reasons come out.

profile.py says what is compared; keys.py and blocking.py choose which pairs are worth comparing; compare.py weighs one
pair with the figures of weights.py. All text is folded (customers.folding) before it comes here or on its way in.
E-mail addresses and phone numbers are opaque: only whether they are equal is known."""
