"""Request limits per client address, as token buckets."""

import threading
import time

from accounts.emulator.calls import ApiError

PERIOD_SECONDS = 300
# /token serves every signed-in person's refresh, so the real server allows it five times more;
# and codes of second factors two and a half times.
SHARE = {"token": 5, "mfa": 2.5}


class Limits:
    """Each bucket holds ``burst`` calls and refills ``burst`` of them in five minutes. 0: no limit."""

    def __init__(self, burst: int) -> None:
        self.burst = burst
        self.lock = threading.Lock()
        self.buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def spend(self, bucket: str, client: str) -> None:
        """Take one call from the client's bucket, or refuse with 429."""
        if not self.burst or not bucket:
            return
        clock = time.monotonic()
        rate = self.burst * SHARE.get(bucket, 1) / PERIOD_SECONDS
        with self.lock:
            left, since = self.buckets.get((bucket, client), (float(self.burst), clock))
            left = min(float(self.burst), left + (clock - since) * rate)
            if left < 1:
                raise ApiError(429, "over_request_rate_limit", "Request rate limit reached")
            self.buckets[(bucket, client)] = (left - 1, clock)
