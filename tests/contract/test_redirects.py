"""Where links may lead on to: elsewhere is replaced without a word."""


def test_a_refused_address_is_replaced_by_the_sites(auth):
    user = auth.make_user()
    link = auth.generate_link(
        "magiclink", user["email"], redirect_to="https://elsewhere.example/catch"
    )
    assert "elsewhere" not in link["redirect_to"]
    assert link["redirect_to"].startswith("http")


def test_an_address_on_the_site_is_kept(auth):
    user = auth.make_user()
    site = auth.generate_link("magiclink", user["email"])["redirect_to"].rstrip("/")
    link = auth.generate_link("magiclink", user["email"], redirect_to=f"{site}/work/?page=2")
    assert link["redirect_to"] == f"{site}/work/?page=2"
