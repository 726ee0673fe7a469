from services.folding import stems_sought
from services.models import Ticket
from services.operations.find_articles import FoundArticle, best_texts, found, texts_in_use, words_in
from services.operations.learn_triage import first_bodies, first_words
from services.operations.mail_texts import language_of

# Words that stand in more of the articles say little of any one of them; a few articles may always have them.
COMMON, FEW = 0.6, 2
# So many of the telling words count; a long message has more than one subject.
MOST_WORDS = 24
# So many telling words a text shares with the ticket, or one that stands in its title.
ENOUGH = 3
# What scores less than this part of the best is not shown beside it.
BESIDE_THE_BEST = 0.4


def suggest_articles(*, ticket: Ticket, limit: int = 3) -> list[FoundArticle]:
    """Published articles, those for colleagues alone too, that speak of what the ticket's subject and first message
    speak of. Few are better than many: an article needs a telling word in its title, or several in all.

    At most four queries."""
    words = stems_sought(first_words(ticket.subject, first_bodies([ticket.pk]).get(ticket.pk, "")))
    rows = texts_in_use(is_public=False)
    weights = rows.weights(words) if words else {}
    telling = {
        word: weight
        for word, weight in sorted(weights.items(), key=lambda one: -one[1].points)[:MOST_WORDS]
        if weight.share <= COMMON or weight.number <= FEW
    }
    if not telling:
        return []
    texts = best_texts(rows, telling, language=language_of(ticket.requester or ticket.customer), most=4 * limit)
    least = BESIDE_THE_BEST * max((text.score for text in texts), default=0)
    sure = [
        text
        for text in texts
        if text.score >= least and (words_in(text.title_words, telling) or len(words_in(text.words, telling)) >= ENOUGH)
    ]
    return [found(text, telling) for text in sure[:limit]]
