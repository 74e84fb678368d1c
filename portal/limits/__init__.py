"""Request limits: token buckets in the database, the same for every process and machine.

A bucket holds ``limit`` tokens and gets one back every ``seconds / limit`` seconds.
"""

from portal.limits.buckets import Decision, refill, same_text, spend
from portal.limits.clients import client_key

__all__ = ["Decision", "client_key", "refill", "same_text", "spend"]
