"""Pages that say what went wrong and where to go on."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from django.views.defaults import server_error

from home.models import SiteSettings
from portal.urls import urlpatterns as portal_urls
from portal.views import permission_denied
from tests.home.conftest import stream


def fail(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [path("broken-on-purpose", fail), *portal_urls]


def test_404_offers_what_is_often_looked_for(client, home, site, otto):
    settings = SiteSettings.for_site(site)
    entry = {"label": "How we live", "page": None, "address": "/living-here/"}
    settings.navigation = stream(("link", entry))
    settings.save()
    for _ in range(2):
        response = client.get("/no-such-page/")
        assert response.status_code == 404
        assert "We cannot find that page" in response.content.decode()
        assert response.content.decode().count("How we live") == 3  # both menus, and the page
        client.force_login(otto)


def test_403_says_why_and_leads_on(home, otto):
    request = RequestFactory().get("/")
    request.user = otto
    page = permission_denied(request, PermissionDenied("Ask <b>Amara</b>.")).content.decode()
    assert "Ask &lt;b&gt;Amara&lt;/b&gt;." in page
    assert "Otto Outside" in page
    assert "/work/" in page


@pytest.mark.urls(__name__)
def test_500_stands_alone(db, django_assert_num_queries):
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = client.get("/broken-on-purpose")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_500_and_503_need_neither_request_nor_database():
    assert "went wrong" in server_error(RequestFactory().get("/")).content.decode()
    assert "back soon" in render_to_string("503.html")


@pytest.mark.parametrize("path", ["/tasks/REP-9/", "/projects/none/board/", "/work/nothing/"])
def test_404_leads_members_on_within_their_area(client, home, otto, path):
    assert "Often looked for" not in client.get(path, follow=True).content.decode()
    client.force_login(otto)
    response = client.get(path)
    assert response.status_code == 404
    page = response.content.decode()
    for words in ("We cannot find that page", 'href="/projects/"', 'action="/work/search/"'):
        assert words in page
    assert ('value="REP-9"' in page) == ("REP-9" in path)


def test_405_says_what_a_browser_would_not(client, home, otto):
    for user in (None, otto):
        if user:
            client.force_login(user)
        response = client.get("/work/undo/", headers={"Accept": "text/html"})
        assert (response.status_code, response["Allow"]) == (405, "POST")
        assert "nothing to see here" in response.content.decode()
    assert client.get("/work/undo/", headers={"Accept": "application/json"}).content == b""
    assert client.put("/work/undo/").content == b""
