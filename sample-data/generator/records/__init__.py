"""What people at Marlowick wrote: cards, post-mortems, plays, decisions, actions, feedback,
course corrections, variance notes."""

from . import cards, coverage, criteria, feedback, findings, plays, post_mortems, register
from .book import Book


def ledger_lines(deals, accounts, histories):
    """The lines of records.jsonl."""
    book = Book(deals, accounts, histories)
    for part in (feedback, post_mortems, criteria, cards, plays, register, findings, coverage):
        part.write(book)
    return book.lines()
