"""What accounts tell the floors above, which they may not import."""

from django.dispatch import Signal

# Sent by `accounts.roles` inside the transaction that brings people's rights in line with
# the role rules. Argument: ``wanted``: dict[user id (UUID), list[RoleRule]], the rules that
# apply to each of these people now; an empty list for those who are to have nothing.
# A receiver brings its own rights of these people in line and returns list[roles.Change].
# It must ask a constant number of queries, however many people there are.
rules_applied = Signal()
