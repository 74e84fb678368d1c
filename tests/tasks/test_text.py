"""What people write is Markdown, shown without harm, with people and tasks by name."""

import re
import time
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import services, text
from tasks.forms.comments import COMMENT_MAX
from tasks.forms.fields import BODY_MAX
from tasks.models import Membership
from tasks.text import markdown
from tests.factories import make_member, make_project, make_task
from tests.tasks.hostile_texts import LONG, SCRIPTS, SLOW
from tests.tasks.test_query_counts import cost

PLAIN = {"class", "title", "start"}
ALLOWED = {
    **dict.fromkeys(markdown.TAGS.split(), PLAIN),
    "a": PLAIN | {"href", "rel"},
    "input": {"class", "type", "disabled", "checked", "aria-label"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "span": PLAIN,
    "svg": {"class", "aria-hidden"},
    "use": {"href"},
}
VOID = {"br", "hr", "input", "use"}


class Fence(HTMLParser):
    """Reads HTML as a browser would, and notes every node and address that is not harmless."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open += [] if tag in VOID else [tag]
        extra = {name for name, _value in attrs} - ALLOWED.get(tag, set())
        href = dict(attrs).get("href") or ""
        if tag not in ALLOWED or extra or scheme(href) not in ("", "http", "https", "mailto"):
            self.found.append((tag, attrs))

    def handle_endtag(self, tag):
        if tag in self.open:
            self.open.remove(tag)

    def handle_comment(self, data):
        self.found.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def scheme(href):
    """Return the scheme that a browser takes from ``href``, or "" where it is relative."""
    href = re.sub("[\t\n\r]", "", href).lstrip("".join(map(chr, range(33))))
    match = re.match("([a-z][a-z0-9+.-]*):", href, re.IGNORECASE)
    return match[1].lower() if match else ""


@pytest.mark.parametrize("hostile", SCRIPTS)
def test_nothing_that_runs_gets_through(hostile, project, amara, task):
    for around in ("{}", "Words {} words", "- {}", "> {}", "**{}**", "| a |\n|---|\n| {} |"):
        html = text.render(around.format(hostile), viewer=amara, project=project)
        fence = Fence(html)
        assert (fence.found, fence.open) == ([], [])


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<p onclick=x>",
        "<a href='javascript:x'>",
        "<a href='\x01 jAva\tscript:x'>",
        "<a href='data:x'>",
        "<img src=x>",
        "<!--x-->",
        "<p style=x>",
    ],
)
def test_the_fence_finds_what_runs(html):
    assert Fence(html).found


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab *_`~[]()<>!|#&;:@\\\n\t-+1.xX\"'/{}\x00", max_size=120))
def test_whatever_is_typed_is_shown_and_harmless(typed):
    fence = Fence(markdown.render(typed, weave=lambda words: [words]))
    assert (fence.found, fence.open) == ([], [])


@pytest.mark.parametrize("hostile", SLOW.values(), ids=SLOW)
def test_nothing_takes_long(hostile, project, amara, task):
    began = time.process_time()  # of the processor: the machine may be busy
    html = text.render(hostile, viewer=amara, project=project)
    text.mentioned(hostile, project)
    assert time.process_time() - began < 1
    assert len(html) < 100 * LONG


def test_a_text_longer_than_any_form_takes_is_shown_as_typed():
    assert max(BODY_MAX, COMMENT_MAX) <= markdown.LONGEST
    html = text.render("**a** <b>\n" + "x" * markdown.LONGEST)
    assert html.startswith("<p>**a** &lt;b&gt;<br>")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**strong** *soft* ~~gone~~ `code`", "<strong>strong</strong> <em>soft</em> <s>gone</s>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">'),
        ("> said", "<blockquote>\n<p>said</p>"),
        ("```py\nx = 1\n```", "<pre><code>x = 1\n</code></pre>"),
        ("a | b\n--|-:\n1 | 2", '<td class="text-end">2</td>'),
        (
            "a | b\n--|-:\n1 | 2",
            '<div class="ui-scroll" tabindex="0" role="group" aria-label="Table"><table>',
        ),
        ("[us](/work/)", '<a href="/work/" rel="nofollow noopener">us</a>'),
        ("see https://a.example/x.", '<a href="https://a.example/x" rel="nofollow noopener">'),
        ("mail mei@a.example", '<a href="mailto:mei@a.example" rel="nofollow noopener">'),
        ("Look at README.md", "<p>Look at README.md</p>"),
        ("![plan](https://a.example/p.png)", '!<a href="https://a.example/p.png"'),
        ("Bye\n--\nMei", "<p>Bye<br>\n--<br>\nMei</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_it_shows_markdown(typed, shown):
    assert shown in text.render(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("**Bold** and `code`, ~~gone~~", "Bold and code, gone"),
        ("# Head\n\n- [ ] one\n- [x] two\n\n> said", "Head one two said"),
        ("[us](https://a.example/) a_b & c", "us a_b & c"),
        ("a | b\n--|--\n1 | 2", "a b 1 2"),
        ("\\*as typed\\*  <b>", "*as typed* <b>"),
        ("three\n\n  words here", "three words here"),
    ],
)
def test_an_excerpt_has_words_and_no_signs(typed, words):
    assert markdown.plain(typed) == words


@pytest.mark.parametrize("hostile", SLOW)
def test_an_excerpt_takes_not_long(hostile):
    began = time.process_time()
    markdown.plain(hostile[: markdown.LONGEST])
    assert time.process_time() - began < 1


def test_headings_fit_under_the_page_s_own():
    html = text.Reader().render("### Small\n# Big\n###### Tiny", top=3)
    assert [html.count(f"<h{n}>") for n in range(1, 7)] == [0, 0, 1, 1, 1, 0]
    assert html.index("<h4>Small") < html.index("<h3>Big") < html.index("<h5>Tiny")


def test_a_task_list_has_boxes_that_say_their_state():
    html = text.render("- [ ] wire\n- [x] screw\n- [y] no box\n\n[x] no list")
    assert html.count('type="checkbox" disabled aria-label="To do">wire') == 1
    assert html.count('type="checkbox" disabled checked aria-label="Done">screw') == 1
    assert html.count("<input") == 2


def test_a_key_becomes_a_link_with_title_and_state(task, mei, project):
    html = text.render(f"Waits for {task.key}, then _{task.key}_.", viewer=mei, project=project)
    assert html.count('<a class="ui-ref" href="/tasks/REP-1/">') == 2
    assert f"REP-1</span> {task.title}" in html and '<span class="ui-muted">To do</span>' in html


@pytest.mark.parametrize("who", ["charlie", "otto", None])
def test_a_key_stays_text_for_who_may_not_see_the_task(task, project, request, who):
    viewer = who and request.getfixturevalue(who)
    assert text.render("REP-1", viewer=viewer, project=project) == "<p>REP-1</p>\n"


def test_a_new_request_is_linked_for_managers_only(asked, project, amara, mei):
    assert "ui-ref" in text.render(asked.key, viewer=amara, project=project)
    assert "ui-ref" not in text.render(asked.key, viewer=mei, project=project)


def test_old_keys_lead_to_where_the_task_is_now(task, project, amara):
    other = make_project("GAR")
    Membership.objects.create(project=other, user=amara, role="manager")
    task.project = other
    task.save()
    project.key = "FIX"
    project.save()
    second = make_task(project)
    html = text.render(f"REP-1, FIX-1, REP-{second.number}", viewer=amara, project=project)
    assert html.count(f'href="/tasks/{task.key}/"') == 2 and task.key.startswith("GAR-")
    assert html.count(f'href="/tasks/FIX-{second.number}/"') == 1


@pytest.mark.parametrize(
    "typed",
    [
        "`REP-1`",
        "    REP-1",
        "[REP-1](/x/)",
        "https://a.example/REP-1",
        "XREP-1",
        "REP-1-2",
        "rep-1",
    ],
)
def test_some_keys_are_none(task, mei, project, typed):
    assert "ui-ref" not in text.render(typed, viewer=mei, project=project)


def test_hostile_titles_are_text(project, mei):
    make_task(project, title="<script>alert(1)</script>")
    assert "<script" not in text.render("REP-1", viewer=mei, project=project)


def test_people_are_called_by_full_name_or_the_first_that_is_theirs_alone(project, amara, mei):
    make_member(project, "member", "Amara Other")
    html = text.render("@mei-ling chan, @Mei-Ling's, @Amara, @amara okafor!", project=project)
    assert html.count('<span class="ui-mention">@Mei-Ling Chan</span>') == 2
    assert html.count('<span class="ui-mention">@Amara Okafor</span>') == 1
    assert ", @Amara, " in html


def test_who_reads_their_own_name_sees_it_marked(project, amara):
    assert "ui-mention-me" in text.render("@Amara", viewer=amara, project=project)


def test_it_tells_whom_a_text_calls_once_and_in_order(project, amara, mei, tomasz, otto):
    typed = "@Tomasz and @Amara Okafor, @tomasz zielinski: ask @Otto Outside"
    assert text.mentioned(typed, project) == [tomasz, amara]


@pytest.mark.parametrize(
    "typed",
    ["`@Amara`", "```\n@Amara\n```", "\\@Amara", "x@Amara", "[@Amara](/x/)", "@Amarathon", "Amara"],
)
def test_some_names_call_nobody(project, amara, typed):
    assert text.mentioned(typed, project) == []
    assert "ui-mention" not in text.render(typed, project=project)


def test_two_people_of_one_name_are_both_called(project, amara):
    twin = make_member(project, "member", "Amara Okafor")
    assert set(text.mentioned("@Amara Okafor", project)) == {amara, twin}


@pytest.mark.parametrize("name", ["(.*", "\\", "a|b", "<b>Bo</b>", "", "İpek ß"])
def test_names_are_no_patterns(project, amara, name):
    person = make_member(project)
    person.display_name = name or " "
    person.save()
    found = text.mentioned(f"Ask @{name} or @Amara", project)
    assert amara in found and set(found) <= {amara, person}
    assert Fence(text.render(f"Ask @{name}", project=project)).found == []


def test_many_texts_cost_what_one_does(project, mei, django_assert_num_queries):
    other = make_project("OWN")
    make_member(other, "member")
    keys = [make_task(project).key for _n in range(50)] + ["OWN-1", "UTF-8"]
    with django_assert_num_queries(3):
        text.render_many(["@Amara REP-1"], viewer=mei, project=project)
    with django_assert_num_queries(4):  # one more for keys that lead nowhere now
        html = text.render_many([f"@Mei {key}" for key in keys], viewer=mei, project=project)
    assert ["ui-ref" in one for one in html] == [True] * 50 + [False] * 2


def test_texts_without_names_cost_nothing(project, mei, django_assert_num_queries):
    with django_assert_num_queries(0):
        text.render_many(["Just words."] * 50, viewer=mei, project=project)
        assert text.mentioned("Just words.", project) == []


def test_pages_show_it_in_description_comments_and_requests(client, task, mei, amara, asked):
    task.body, asked.body = "# Why\n\n**Loud**", "**Loud** " + task.key
    task.save()
    asked.save()
    services.add_comment(task=task, user=mei, body=f"# Said\n\n**Loud** {task.key} @Amara")
    client.force_login(amara)
    page = client.get("/tasks/REP-1/").content.decode()
    assert page.count("<strong>Loud</strong>") == 2
    assert "<h2>Why" in page and "<h3>Said" in page and "ui-mention-me" in page
    assert "<strong>Loud</strong> <a class=" in client.get("/projects/REP/triage/").content.decode()


@pytest.mark.parametrize("page", ["/tasks/REP-1/", "/projects/REP/triage/"])
def test_a_page_of_many_names_costs_what_one_of_few_does(client, project, amara, task, page):
    client.force_login(amara)

    def write(many):
        for n in range(many):
            said = services.add_comment(task=task, user=amara, body=f"@Amara REP-{n + 1}")
            services.add_comment(task=task, user=amara, body=f"REP-{n + 90}", parent=said)
            sent = {"title": f"R{n}", "body": f"@Amara REP-{n + 1}", "name": "Sam"}
            services.open_request(project=project, **sent)

    write(2)
    few = cost(client, page)
    write(10)
    assert cost(client, page) == few


def test_visitors_get_markdown_without_names(task):
    template = Template("{% load text_tags %}{{ text|public_markdown }}")
    html = template.render(Context({"text": "**Hi** REP-1 @Amara"}))
    assert html == "<p><strong>Hi</strong> REP-1 @Amara</p>\n"
