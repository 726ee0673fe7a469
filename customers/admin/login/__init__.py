"""The way in: log-in, second step, single sign-on; and what people look after themselves: sessions, codes, tokens."""
