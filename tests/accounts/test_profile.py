"""The page on which people say how they appear, and how the portal appears to them."""


def test_it_shows_the_name(client, mei):
    client.force_login(mei)
    assert "Mei-Ling Chan" in client.get("/account/").text


def test_it_saves_a_name(client, mei):
    client.force_login(mei)
    client.post("/account/", {"display_name": "Mei Chan"})
    mei.refresh_from_db()
    assert mei.display_name == "Mei Chan"
