"""The board: a project's tasks by status, a page of cards a column, whatever the table holds."""

from tasks.board.cards import Card, card_of, tiles
from tasks.board.columns import FIRST, Column, column_after, columns, place_of

__all__ = ["FIRST", "Card", "Column", "card_of", "column_after", "columns", "place_of", "tiles"]
