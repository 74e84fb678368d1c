import pytest

from accounts.sessions.token_vault import Unreadable, seal, unseal


def test_it_opens_what_it_sealed():
    sealed = seal("a token")
    assert unseal(sealed) == "a token"
    assert "a token" not in sealed
    assert seal("a token") != sealed


def test_another_secret_key_opens_nothing(settings):
    sealed = seal("a token")
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_a_former_secret_key_still_opens(settings):
    sealed = seal("a token")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    assert unseal(sealed) == "a token"


@pytest.mark.parametrize("text", ["", "x", "é", "gAAAA"])
def test_damage_is_recognised(text):
    with pytest.raises(Unreadable):
        unseal(text)
