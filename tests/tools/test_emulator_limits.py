"""Request limits, the body limit on the wire, mail failures and lifetimes."""

import httpx

from tests.contract.client import PASSWORD, AuthServer, refusal
from tests.contract.processes import PUBLISHABLE_KEY, SECRET_KEY, post_office, stand_in


def recover(url, **headers):
    headers = {"apikey": PUBLISHABLE_KEY, "X-Supabase-Api-Version": "2024-01-01", **headers}
    body = {"email": "nobody@portal.example"}
    return httpx.post(f"{url}/recover", json=body, headers=headers)


def test_it_limits_each_client_and_endpoint_by_itself(tmp_path):
    with stand_in(tmp_path, "--rate-limit", "3") as url:
        answers = [recover(url) for _ in range(4)]
        other = recover(url, apikey=SECRET_KEY, **{"Sb-Forwarded-For": "203.0.113.7"})
        untrusted = recover(url, **{"Sb-Forwarded-For": "203.0.113.8"})
        sign_in = AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY).sign_in("nobody@portal.example")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert refusal(answers[3]) == (429, "over_request_rate_limit")
    assert "retry-after" not in answers[3].headers
    assert other.status_code == 200
    assert untrusted.status_code == 429, "only the secret key may name the client"
    assert sign_in.status_code == 400


def test_it_allows_thirty_calls_unless_told_otherwise(tmp_path):
    with stand_in(tmp_path) as url:
        codes = [recover(url).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]


def test_it_can_switch_the_limits_off(tmp_path):
    with stand_in(tmp_path, "--rate-limit", "0") as url:
        assert {recover(url).status_code for _ in range(40)} == {200}


def test_it_takes_back_a_sign_up_whose_mail_cannot_leave(tmp_path):
    with stand_in(tmp_path) as url:  # port 9: no mail server
        auth = AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)
        answer = auth.post("/signup", email=auth.address(), password=PASSWORD)
        users = auth.admin("GET", "/admin/users").json()["users"]
    assert refusal(answer) == (500, "unexpected_failure")
    assert users == []


def test_it_waits_between_two_mails(tmp_path):
    with (
        post_office() as mails,
        stand_in(tmp_path, "--mail-cooldown", "60", smtp_port=mails.port) as url,
    ):
        auth = AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)
        body = {"email": auth.make_user(email_confirm=False)["email"], "type": "signup"}
        answers = [auth.post("/resend", **body) for _ in range(2)]
    assert answers[0].json() == {}
    assert refusal(answers[1]) == (429, "over_email_send_rate_limit")


def test_it_lets_links_grow_old(tmp_path):
    with stand_in(tmp_path, "--otp-lifetime", "-1") as url:
        auth = AuthServer(url, PUBLISHABLE_KEY, SECRET_KEY)
        link = auth.generate_link("recovery", auth.make_user()["email"])
        answer = auth.post("/verify", token_hash=link["hashed_token"], type="recovery")
    assert refusal(answer) == (403, "otp_expired")


def test_it_refuses_the_secret_key_of_a_browser(tmp_path):
    with stand_in(tmp_path) as url:
        answer = recover(url, apikey=SECRET_KEY, **{"User-Agent": "Mozilla/5.0"})
    assert answer.status_code == 401
