"""The same as `tk_receiver.py` as a page in Chromium: it talks to this program over the loopback, and so to us.

The page fetches its commands one by one and posts what it gets. Its field takes the tab key as a character, as
editors in web pages do; by default the key would lead to the next field.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPTIONS = (
    "--no-sandbox", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-sync",
    "--disable-extensions", "--disable-component-update", "--disable-background-networking", "--password-store=basic",
    "--disable-features=Translate,OptimizationHints,MediaRouter", "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1", "--disable-backgrounding-occluded-windows", "--lang=en",
)  # fmt: skip

PAGE = """<!doctype html><meta charset=utf-8><title>-</title>
<style>html, body, textarea { height: 95%; width: 98% }</style><textarea spellcheck=false autofocus></textarea>
<script>
const field = document.querySelector("textarea");
let told = Promise.resolve();
function tell(event) { told = told.then(() => fetch("/tell", {method: "POST", body: JSON.stringify(event)})); }
field.oninput = () => tell({text: field.value});
field.onkeydown = (event) => {
  if (event.key !== "Tab") return;
  event.preventDefault();
  field.setRangeText("\\t", field.selectionStart, field.selectionEnd, "end");
  tell({text: field.value});
};
async function obey() {
  for (;;) {
    const [name, rest] = await (await fetch("/next")).json();
    if (name === "open") { document.title = rest; field.value = ""; field.focus(); }
    if (name === "clear") field.value = "";
    if (name === "where") tell({board: [0, 0, 1, 1]});
    tell({done: name});
  }
}
obey();
</script>"""

commands: queue.Queue[tuple[str, str]] = queue.Queue()


class Server(BaseHTTPRequestHandler):
    """The page's other end."""

    def do_GET(self) -> None:
        if self.path == "/next":
            self._answer(json.dumps(commands.get()))
        else:
            self._answer(PAGE if self.path == "/" else "", "text/html")

    def do_POST(self) -> None:
        print(self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self._answer("")

    def log_message(self, *_: object) -> None:
        """Nothing: stderr is for faults."""

    def _answer(self, text: str, kind: str = "application/json") -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        page = f"http://127.0.0.1:{server.server_port}/"
        browser = subprocess.Popen(
            ["chromium", *OPTIONS, f"--user-data-dir={profile}", f"--app={page}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NO_AT_BRIDGE": "1"},
        )
        try:
            for line in sys.stdin:
                name, _, rest = line.rstrip("\n").partition(" ")
                commands.put((name, rest.partition(" ")[2] if name == "open" else rest))
        finally:
            browser.terminate()
            browser.wait()


if __name__ == "__main__":
    main()
