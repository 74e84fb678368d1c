"""Who gets which answer from which address: a table, and what must hold for all of its cells."""
