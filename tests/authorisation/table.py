"""The table: each address, and who gets which answer. It is also the documentation.

PROFILES say who gets in: a status, "in" for the way to the sign-in page, or "ok" for the
status that the row of ROUTES names. There GET and POST name a profile, with what "ok" stands
for when it is not 200 for GET or 302 for POST, and "-" is a method that is answered 405 to
everybody. HEAD answers what GET does, and PUT, DELETE and OPTIONS 405.

OF says which row stands in the address, see `addresses`; a route may have several rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.detail.properties import PROPERTIES
from tasks.lists.bulk import ACTIONS
from tests.authorisation.world import PEOPLE

PROFILES_TEXT = """
PROFILE     anonymous outsider viewer guest helper member owner contributor manager superuser deactivated
everybody   ok        ok       ok     ok    ok     ok     ok    ok          ok      ok        ok
nobody      in        404      404    404   404    404    404   404         404     404       in
signed-in   in        ok       ok     ok    ok     ok     ok    ok          ok      ok        in
project     in        404      ok     ok    ok     ok     ok    ok          ok      ok        in
task        in        404      ok     404   ok     ok     ok    ok          ok      ok        in
tasks       in        404      ok     404   404    ok     ok    ok          ok      ok        in
say         in        404      403    404   ok     ok     ok    ok          ok      ok        in
say-some    in        404      403    ok    ok     ok     ok    ok          ok      ok        in
add         in        404      403    403   403    ok     ok    ok          ok      ok        in
add-under   in        404      403    404   403    ok     ok    ok          ok      ok        in
add-some    in        ok       403    403   403    ok     ok    ok          ok      ok        in
do          in        404      403    404   ok     403    ok    ok          ok      ok        in
reopen      in        404      403    404   404    403    403   ok          ok      ok        in
subtask     in        404      403    404   404    403    403   ok          ok      ok        in
edit        in        404      403    404   403    403    403   ok          ok      ok        in
team        in        404      404    404   404    404    404   ok          ok      ok        in
team-other  in        404      404    404   404    404    404   403         403     403       in
author      in        404      403    404   403    403    403   403         403     403       in
own-words   in        404      403    404   ok     ok     ok    ok          ok      ok        in
author-view in        404      403    403   403    403    403   403         ok      ok        in
unrelate    in        404      403    404   404    403    403   ok          ok      ok        in
delete      in        404      403    404   403    403    403   403         ok      ok        in
delete-team in        404      404    404   404    404    404   403         ok      ok        in
manage      in        404      403    403   403    403    403   403         ok      ok        in
request     in        404      404    404   404    404    404   404         ok      ok        in
new         in        302      403    403   403    ok     ok    ok          ok      ok        in
quick       in        422      403    403   403    ok     ok    ok          ok      ok        in
"""
ROUTES_TEXT = """
ROUTE                             OF               GET            POST
live                              -                everybody      -
ready                             -                everybody      -
home:brand-css                    -                everybody      -
home:admin-brand-css              -                everybody      -
tasks:my-work                     -                signed-in      -
tasks:my-work?group=later         -                signed-in      -
tasks:dismiss-mention             mention          -              nobody
tasks:dismiss-mention             own-mention      -              signed-in
tasks:new                         -                new            quick
tasks:quick-add                   -                add-some       quick
tasks:quick-add-preview           -                add-some       quick:200
tasks:undo                        -                -              signed-in
tasks:search                      -                signed-in      -
tasks:search?q=a&project=REP      -                project        -
tasks:project-list                -                signed-in      -
tasks:list                        project          project        -
tasks:overview                    project          project        -
tasks:files                       project          project        -
tasks:members                     project          project        manage
tasks:leave                       project          -              project
tasks:member                      member           manage         manage
tasks:remove-member               member           -              manage
tasks:board                       project          project        -
tasks:board?column={status}       project          project        -
tasks:add-card?status={status}    project          add            add
tasks:triage                      project          manage         -
tasks:trash                       project          manage         -
tasks:restore                     bin-task         -              manage
tasks:restore                     bin-comment      -              manage
tasks:restore                     bin-file         -              manage
tasks:save-view                   project          project        project
tasks:edit-view                   shared-view      author-view    author-view
tasks:edit-view                   private-view     nobody         nobody
tasks:edit-view                   own-view         project        project
tasks:update-view                 shared-view      -              author-view
tasks:update-view                 private-view     -              nobody
tasks:update-view                 own-view         -              project
tasks:delete-view                 shared-view      -              author-view
tasks:delete-view                 private-view     -              nobody
tasks:delete-view                 own-view         -              project
tasks:restore-view                private-view     -              nobody
tasks:create                      project          add            add
tasks:preview                     -                -              say-some:200
tasks:names?project=REP&q=@a      -                say-some       -
tasks:detail                      task             task           -
tasks:detail                      done-task        tasks          -
tasks:detail                      request          request        -
tasks:detail                      deleted-task     nobody         -
tasks:edit                        task             edit           edit
tasks:edit                        deleted-task     nobody         nobody
tasks:move                        task             do             do
tasks:move-project                task             edit           edit
tasks:suggest                     task             task           -
tasks:watch                       task             -              say
tasks:archive                     task             -              edit
tasks:delete                      task             -              delete
tasks:checklist                   task             -              edit
tasks:item                        item             edit           edit
tasks:item-tick                   item             -              do
tasks:item-move                   item             -              edit
tasks:item-delete                 item             -              edit
tasks:item-promote                item             -              edit
tasks:subtasks                    task             -              add-under
tasks:subtask-tick                task             -              subtask
tasks:relations                   task             -              edit
tasks:relation-delete             relation         -              unrelate
tasks:complete                    task             -              do
tasks:reopen                      done-task        -              reopen
tasks:comment                     task             -              say
tasks:feed                        task             task:302       -
tasks:reply                       comment          say            -
tasks:reply                       team-comment     team           -
tasks:reply                       deleted-comment  nobody         -
tasks:edit-comment                comment          author         author
tasks:edit-comment                own-comment      own-words      own-words
tasks:edit-comment                team-comment     team-other     team-other
tasks:edit-comment                deleted-comment  nobody         nobody
tasks:delete-comment              comment          -              delete
tasks:delete-comment              own-comment      -              own-words
tasks:delete-comment              team-comment     -              delete-team
tasks:delete-comment              deleted-comment  -              nobody
tasks:resolve-comment             comment          -              say
tasks:resolve-comment             team-comment     -              team
tasks:resolve-comment             deleted-comment  -              nobody
tasks:comment-versions            comment          task           -
tasks:comment-versions            team-comment     team           -
tasks:comment-versions            deleted-comment  nobody         -
tasks:attach                      task             -              say
tasks:accept                      request          -              request
tasks:decline                     request          -              request
tasks:merge                       request          -              request
tasks:snooze                      request          -              request
tasks:wake                        request          -              request
tasks:answer                      request          -              request
tasks:accept                      task             -              delete
tasks:attachment                  file             task           -
tasks:attachment?thumb=1          file             task           -
tasks:attachment                  deleted-file     nobody         -
tasks:attachment-delete           file             -              delete
tasks:attachment-delete           deleted-file     -              nobody
tasks:request-status              token            everybody      -
tasks:request-reply               token            -              everybody
"""
METHODS = ("GET", "HEAD", "POST")
# These are refused before anybody asks who it is: three people are enough.
OTHERS, ASKING_OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS"), ("anonymous", "outsider", "manager")
USUAL = {"GET": "200", "POST": "302"}


@dataclass(frozen=True)
class Cell:
    route: str  # "tasks:names?q=@a"
    of: str
    method: str
    who: str
    answer: str  # "404", or "in" for the way to the sign-in page

    @property
    def name(self) -> str:
        return self.route.partition("?")[0]


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()[1:]]


PROFILES = {
    name: dict(zip(PEOPLE, answers, strict=True)) for name, *answers in _lines(PROFILES_TEXT)
}
_PROPERTIES = [
    ["tasks:set", name, *(["do", "do"] if name == "status" else ["edit", "edit"])]
    for name in PROPERTIES
]
_BULK = [["tasks:bulk", f"bulk-{action}", "-", "manage"] for action in ACTIONS]
ROUTES = _lines(ROUTES_TEXT) + _PROPERTIES + _BULK


def cells() -> Iterator[Cell]:
    for route, of, reading, writing in ROUTES:
        for method in METHODS:
            wanted = {"GET": reading, "HEAD": reading, "POST": writing}.get(method, "-")
            for who in PEOPLE:
                yield Cell(route, of, method, who, _answer(wanted, method, who))
        for method in OTHERS:
            for who in ASKING_OTHERS:
                yield Cell(route, of, method, who, "405")


def _answer(wanted: str, method: str, who: str) -> str:
    if wanted == "-":
        return "405"
    profile, _sep, status = wanted.partition(":")
    answer = PROFILES[profile][who]
    if answer != "ok":
        return answer
    return status or USUAL["POST" if method == "POST" else "GET"]


CELLS = list(cells())
