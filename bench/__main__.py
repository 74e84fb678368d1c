"""`python -m bench tasks`; the other measurements are modules of their own, such as bench.webhooks."""

import sys

from bench import tasks

COMMANDS = {"tasks": tasks.main}
USAGE = f"python -m bench {{{','.join(COMMANDS)}}} [--help]\n"

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.stderr.write(USAGE)
        sys.exit(2)
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
