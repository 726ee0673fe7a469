"""What a new ticket is probably about, learned from the tickets that people sorted: pure mathematics, no Django.

classifier  from texts with labels to weights of words, and from a text to labels with their probability and why
held_out    how right it is on the newest part of the texts, which it has not seen
"""
