import logging
from io import StringIO

import pytest
from django.conf import settings

TOKEN = "pkce_canary"


@pytest.mark.parametrize("name", ["django.server", "httpx", "httpcore.http11"])
def test_one_time_tokens_stay_out_of_the_log(name):
    shown, logger = StringIO(), logging.getLogger(name)
    handler = logging.StreamHandler(shown)
    owner = logger if not logger.propagate else logging.getLogger()
    owner.addHandler(handler)
    try:
        line = f"GET /auth/confirm?token_hash={TOKEN}&type=email HTTP/1.1"
        logger.info('"%s" %s %s', line, "200", "512")
    finally:
        owner.removeHandler(handler)
    assert TOKEN not in shown.getvalue()


def test_the_rest_of_the_line_stays():
    shown, logger = StringIO(), logging.getLogger("django.server")
    handler = logging.StreamHandler(shown)
    logger.addHandler(handler)
    logger.info('"%s" %s %s', "GET /work/?page=2 HTTP/1.1", "200", "512")
    logger.removeHandler(handler)
    assert shown.getvalue() == '"GET /work/?… HTTP/1.1" 200 512\n'


def test_without_the_filter_the_token_would_show():
    shown, logger = StringIO(), logging.getLogger("another.server")
    logger.setLevel("INFO")
    handler = logging.StreamHandler(shown)
    logger.addHandler(handler)
    logger.info('"%s"', f"GET /auth/confirm?token_hash={TOKEN} HTTP/1.1")
    logger.removeHandler(handler)
    assert TOKEN in shown.getvalue()


def test_the_development_server_still_logs():
    assert settings.LOGGING["loggers"]["django.server"]["handlers"] == ["console"]
