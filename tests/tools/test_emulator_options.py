"""Options of the stand-in that change who may register, and how long a social sign-in lasts."""

import time

import pytest

from tests.contract.client import PASSWORD, AuthServer, refusal
from tests.contract.processes import PUBLISHABLE_KEY, SECRET_KEY, stand_in
from tests.contract.test_social import answer_provider, code_in, exchange, pair


@pytest.fixture
def server(tmp_path, request):
    with stand_in(tmp_path, "--rate-limit", "0", *request.param) as url:
        auth = AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)
        yield auth
        auth.http.close()


@pytest.mark.parametrize("server", [["--disable-signup"]], indirect=True)
def test_it_lets_nobody_new_in(server):
    assert server.call("GET", "/settings").json()["disable_signup"] is True
    asked = server.post("/signup", email=server.address(), password=PASSWORD)
    assert refusal(asked) == (422, "signup_disabled")
    assert refusal(server.post("/otp", email=server.address())) == (422, "signup_disabled")
    place = answer_provider(server, pair()[1], email=server.address())
    assert "error_code=signup_disabled" in place.query
    user = server.make_user()
    assert "code=" in answer_provider(server, pair()[1], email=user["email"]).query


@pytest.mark.parametrize("server", [["--autoconfirm"]], indirect=True)
def test_it_confirms_by_itself(server):
    assert server.call("GET", "/settings").json()["mailer_autoconfirm"] is True
    address = server.address()
    session = server.post("/signup", email=address, password=PASSWORD).json()
    assert server.me(session).json()["email_confirmed_at"]
    again = server.post("/signup", email=address, password=PASSWORD)
    assert refusal(again) == (422, "user_already_exists")


@pytest.mark.parametrize("server", [["--flow-lifetime", "0"]], indirect=True)
def test_a_code_of_a_slow_sign_in_is_too_old(server):
    verifier, challenge = pair()
    code = code_in(answer_provider(server, challenge, email=server.address()))
    time.sleep(0.01)
    assert refusal(exchange(server, code, verifier)) == (422, "flow_state_expired")


@pytest.mark.parametrize("server", [["--providers", "azure"]], indirect=True)
def test_it_offers_the_providers_that_were_chosen(server):
    external = server.call("GET", "/settings").json()["external"]
    assert [name for name, on in external.items() if on] == ["email", "azure"]
