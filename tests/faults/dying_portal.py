"""A portal that is killed after it has kept a webhook and before it answers."""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import make_server

from portal.wsgi import application


def dying(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    application(environ, lambda *_: None)
    os.kill(os.getpid(), signal.SIGKILL)
    return []


if __name__ == "__main__":
    with make_server("127.0.0.1", int(sys.argv[1]), dying) as server:
        server.serve_forever()
