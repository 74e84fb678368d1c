"""A circuit breaker: after several failures nobody waits for a server that is down."""

import threading
import time
from collections import deque
from collections.abc import Callable

FAILURES = 5  # within WINDOW_SECONDS open the breaker
WINDOW_SECONDS = 30
REST_SECONDS = 30  # until one caller may try again
SUCCESSES = 2  # in a row close it


class Breaker:
    """Open, closed, or letting one caller at a time try. Thread-safe; knows no network.

    Whoever was let through must report `succeeded()` or `failed()`, once. Who never does,
    because a thread was killed, holds the next try back for REST_SECONDS and no longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened = False
        self._next_try_at = 0.0
        self._successes = 0

    def lets_through(self) -> bool:
        """Return whether the caller may ask the server now; False costs nothing."""
        now = self._clock()
        with self._lock:
            if not self._opened:
                return True
            if now < self._next_try_at:
                return False
            self._next_try_at = now + REST_SECONDS  # this caller tries, the others wait
            return True

    def succeeded(self) -> None:
        """Note a usable answer, a refusal too: the server is there."""
        with self._lock:
            if not self._opened:
                return
            self._successes += 1
            self._next_try_at = self._clock()
            if self._successes >= SUCCESSES:
                self._opened = False
                self._failures.clear()

    def failed(self) -> None:
        """Note that no usable answer came."""
        now = self._clock()
        with self._lock:
            self._successes = 0
            self._failures.append(now)
            if self._opened:
                self._next_try_at = now + REST_SECONDS
            elif len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW_SECONDS:
                self._opened, self._next_try_at = True, now + REST_SECONDS
