"""What people at Marlowick wrote: cards, post-mortems, plays, decisions, actions, feedback."""

from . import cards, feedback, plays, post_mortems, register
from .book import Book


def ledger_lines(deals, accounts, histories):
    """The lines of records.jsonl."""
    book = Book(deals, accounts, histories)
    for part in (feedback, post_mortems, cards, plays, register):
        part.write(book)
    return book.lines()
