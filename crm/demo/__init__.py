"""The demo company: a dealer in scanners, printers, scales and tills, its customers and two years of their dealings.

Generated, not stored: the same seed and the same moment give the same company, dated up to that moment. Every part
draws from a stream of its own, so that a change in one leaves the others as they are.

places, names         countries, and the people and firms that live there
staff, desk           our own people; calendars, queues, policies
catalogue             what we sell, at what price
parties, relations    the customers; how they hang together
mood                  how well each is served, and whom it gets worse or better for
orders, tickets       what they bought; what they asked for, told by story and phrases
company               all of it in one; load and settle put it into the database, login keeps the password
"""
