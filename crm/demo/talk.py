"""Puts phrases together: what is said at each step of a ticket, in the customer's language."""

from random import Random
from types import ModuleType

from crm.demo import phrases_en, phrases_zh

SERVICE_TYPES = {
    "setup": "question",
    "advice": "question",
    "broken": "repair",
    "wrong": "repair",
    "late": "delivery",
    "damaged": "complaint",
    "invoice": "billing",
    "return": "return",
    "offer": "offer",
}


class Talk:
    """One conversation: a topic, a language, and the names, product and order that it is about."""

    def __init__(
        self, rng: Random, topic: str, *, chinese: bool, name: str, product: str, order: str, city: str
    ) -> None:
        self.rng = rng
        self.phrases: ModuleType = phrases_zh if chinese else phrases_en
        self.parts: dict[str, tuple[str, ...]] = self.phrases.TOPICS[topic]
        self.kind = SERVICE_TYPES[topic]
        given = name if chinese else name.split(" ")[0]
        self.slots = {"name": given, "product": product, "order": order, "city": city, "n": str(rng.randrange(2, 9))}
        self.sender = name
        self.said: set[str] = set()
        self.asked = 0

    def subject(self) -> str:
        """What the customer writes above the first message."""
        return self._fill(self.rng.choice(self.parts["subjects"]))

    def opening(self) -> str:
        """The customer's first message."""
        sentences = (self._one("openings"), self._one("details"))
        body = (" " if self.phrases is phrases_en else "").join(s for s in sentences if s)
        greeting, closing = self.rng.choice(self.phrases.GREETINGS), self.rng.choice(self.phrases.CLOSINGS)
        if not greeting:
            body = body[0].upper() + body[1:]
        return self._fill("\n\n".join(part for part in (greeting, body, closing) if part), name=self.sender)

    def customer(self, part: str) -> str:
        """A later message of the customer: an answer, or news of the topic."""
        return self._fill(self._one(part))

    def nudge(self) -> str:
        """The customer asks again."""
        return str(self.rng.choice(self.phrases.NUDGES))

    def thanks(self) -> str:
        """The customer is content."""
        return str(self.rng.choice(self.phrases.THANKS))

    def agent(self, part: str, *, agent: str, sorry: bool = False) -> str:
        """A reply of ours; with an apology where it took long."""
        say = self.rng.choice(self.phrases.WORKING) if part == "working" else self._one(part)
        body = [self.rng.choice(self.phrases.AGENT_GREETINGS)]
        if sorry:
            body.append(self.rng.choice(self.phrases.SORRY))
        body += [say, self.rng.choice(self.phrases.AGENT_CLOSINGS)]
        return self._fill("\n\n".join(body), agent=agent)

    def auto(self) -> str:
        """The automatic reply."""
        return str(self.phrases.AUTO)

    def note(self, *, holding: bool = False) -> str:
        """What colleagues tell each other."""
        notes: dict[str, tuple[str, ...]] = self.phrases.HOLD_NOTES if holding else self.phrases.NOTES
        return self.rng.choice((() if holding and self.kind in notes else notes[""]) + notes.get(self.kind, ()))

    def remark(self, value: float) -> str:
        """What comes with a rating of 1 to 5; often nothing."""
        if self.rng.random() < 0.45:
            return ""
        phrases = self.phrases
        return str(self.rng.choice(phrases.PRAISE if value > 3 else phrases.MEH if value == 3 else phrases.SCOLD))

    def _one(self, part: str) -> str:
        """A phrase of the topic that was not said yet in this conversation, where there is one."""
        phrases = self.parts[part]
        if part == "answers":  # the answer that stands where its question stands
            return phrases[self.asked % len(phrases)]
        fresh = [phrase for phrase in phrases if phrase not in self.said] or phrases
        phrase = self.rng.choice(fresh)
        self.said.add(phrase)
        if part == "asks":
            self.asked = phrases.index(phrase)
        return phrase

    def _fill(self, text: str, **more: str) -> str:
        return text.format(**(self.slots | more))
