from django.utils import timezone

from tasks.quick_add import Known, parse
from tests.factories import make_member, make_project


def owner_of(text, user, project):
    (draft,) = parse(text, user=user, today=timezone.localdate(), project=project)
    return draft.owner


def test_it_knows_the_projects_i_may_add_to(project, mei):
    make_member(make_project("OTH"))
    make_project("SEEN", visibility="signed_in")
    assert Known(mei).projects == [project]


def test_a_contributor_names_anybody_of_the_project(project, tomasz, mei, vera):
    make_member(make_project("OTH"), name="Olga Else")
    assert owner_of("Oil @mei", tomasz, project) == mei
    assert owner_of("Oil @olga", tomasz, project) is None
    assert owner_of("Oil @vera", tomasz, project) is None  # a viewer


def test_a_member_names_nobody_but_themselves(project, tomasz, mei):
    assert owner_of("Oil @tomasz", mei, project) is None
    assert owner_of("Oil @mei", mei, project) == mei


def test_text_without_markers_asks_nothing(project, mei, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert owner_of("Oil the gate", mei, project) is None


def test_many_lines_ask_once(project, tomasz, mei, django_assert_num_queries):
    with django_assert_num_queries(3):  # projects, people, may I give
        owners = parse("\n".join(["Oil @mei /rep"] * 20), user=tomasz, today=timezone.localdate())
    assert [draft.owner for draft in owners] == [mei] * 20
