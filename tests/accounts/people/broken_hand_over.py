"""An app whose part of a hand-over fails."""


def owned(user):
    return []


def hand_over(user, to):
    raise RuntimeError("the disk is full")
