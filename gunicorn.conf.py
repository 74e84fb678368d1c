"""How `gunicorn portal.wsgi` serves in production: processes, not threads.

Threads would share one interpreter lock; processes keep every core busy
(docs/performance.md has the figures). Nothing is loaded before the fork, so no worker
inherits another's database or HTTP connection.
"""

import os


def cores() -> int:
    """Return how many cores this process may use; a container may allow fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


bind = "127.0.0.1:8000"  # a front server terminates TLS and buffers slow visitors
worker_class = "sync"
# Two more than cores: the Auth server asks our hooks while a sign-up page waits for its answer, so
# people who register at the same moment must not occupy every process.
workers = int(os.environ.get("WEB_CONCURRENCY", cores() + 2))
timeout = 60  # seconds; the longest page asks Supabase twice, five seconds each
graceful_timeout = 30
max_requests = 5_000  # gives back memory that a large upload or export may have taken
max_requests_jitter = 500  # so that the workers do not start anew together
accesslog = None  # the front server writes one; addresses here may hold one-time tokens
errorlog = "-"
