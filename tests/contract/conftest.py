"""The Auth server under test: the stand-in, or the one that CONTRACT_AUTH_URL names."""

import os

import pytest

from tests.contract import processes
from tests.contract.client import AuthServer

AUTH_URL = os.environ.get("CONTRACT_AUTH_URL", "")


@pytest.fixture(scope="session")
def mails():
    if AUTH_URL:  # the server may run in a container, so listen where it can reach us
        office = processes.post_office("0.0.0.0", int(os.environ["CONTRACT_SMTP_PORT"]))
    else:
        office = processes.post_office()
    with office as running:
        yield running


@pytest.fixture(scope="session")
def server_url(mails, tmp_path_factory):
    if AUTH_URL:
        yield AUTH_URL
        return
    folder, flags = tmp_path_factory.mktemp("auth"), ("--reuse-interval", "1", "--rate-limit", "0")
    with processes.stand_in(folder, *flags, smtp_port=mails.port) as url:
        yield url


@pytest.fixture(scope="session")
def auth(server_url):
    publishable = os.environ.get("CONTRACT_PUBLISHABLE_KEY", processes.PUBLISHABLE_KEY)
    secret = os.environ.get("CONTRACT_SECRET_KEY", processes.SECRET_KEY)
    server = AuthServer(server_url, publishable, secret)
    if not AUTH_URL:
        server.reuse_seconds = 1
    yield server
    server.clean_up()
