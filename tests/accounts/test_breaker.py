from accounts.supabase.breaker import Breaker


class Server:
    """A breaker with a clock of its own."""

    def __init__(self):
        self.now = 100.0
        self.breaker = Breaker(clock=lambda: self.now)

    def fail(self, times, every=1.0):
        for _ in range(times):
            assert self.breaker.lets_through()
            self.breaker.failed()
            self.now += every


def test_it_lets_calls_through_until_five_fail_in_half_a_minute():
    server = Server()
    server.fail(5)
    assert not server.breaker.lets_through()


def test_it_stays_closed_for_failures_far_apart():
    server = Server()
    server.fail(20, every=8)
    assert server.breaker.lets_through()


def test_it_lets_one_caller_try_every_half_minute():
    server = Server()
    server.fail(5)
    server.now += 31
    assert [server.breaker.lets_through() for _ in range(5)] == [True, False, False, False, False]
    server.breaker.failed()
    server.now += 29
    assert not server.breaker.lets_through()
    server.now += 2
    assert server.breaker.lets_through()


def test_it_closes_after_two_answers():
    server = Server()
    server.fail(5)
    server.now += 31
    for _ in range(2):
        assert server.breaker.lets_through()
        assert not server.breaker.lets_through(), "one at a time"
        server.breaker.succeeded()
    assert all(server.breaker.lets_through() for _ in range(10))
    server.fail(4)
    assert server.breaker.lets_through(), "it counts from the start"


def test_a_try_that_never_reports_holds_it_for_half_a_minute_only():
    server = Server()
    server.fail(5)
    server.now += 31
    assert server.breaker.lets_through()
    server.now += 31
    assert server.breaker.lets_through()
