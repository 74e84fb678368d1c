"""The public address of a developer's portal, by ngrok: its program or its Python package."""

import importlib.util
import json
import os
import re
import shutil
import sys
import time
import urllib.request
from pathlib import Path

ANNOUNCEMENT = re.compile(r"(?:started tunnel|forwarding).*?(https://[^\s\"]+)", re.IGNORECASE)
INSPECTOR = "http://127.0.0.1:4040/api/tunnels"


def command(port: int) -> list[str] | None:
    """Return how to open a tunnel to ``port``, or None when ngrok is not installed."""
    if program := shutil.which("ngrok"):
        return [program, "http", f"127.0.0.1:{port}", "--log", "stdout"]
    if os.environ.get("NGROK_AUTHTOKEN") and importlib.util.find_spec("ngrok"):
        return [sys.executable, "-m", "scripts.tunnel", str(port)]
    return None


def address(log: Path, port: int) -> str:
    """Return the tunnel's https address once it is known, else ""."""
    if announced := ANNOUNCEMENT.search(log.read_text(errors="replace")):
        return announced[1].rstrip("/")
    try:
        with urllib.request.urlopen(INSPECTOR, timeout=1) as answer:  # noqa: S310 - loopback
            tunnels = json.load(answer)["tunnels"]
    except (OSError, ValueError, KeyError):
        return ""
    ours = (t for t in tunnels if str(t.get("config", {}).get("addr", "")).endswith(f":{port}"))
    found = (str(tunnel.get("public_url", "")) for tunnel in ours)
    return next((url.rstrip("/") for url in found if url.startswith("https://")), "")


def main(port: int) -> None:
    """Hold a tunnel open with the Python package; NGROK_AUTHTOKEN is in the environment."""
    import ngrok  # an optional package: nothing else needs it

    listener = ngrok.forward(port, authtoken_from_env=True)
    sys.stdout.write(f"started tunnel {listener.url()}\n")
    sys.stdout.flush()
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(int(sys.argv[1]))
