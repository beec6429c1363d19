"""Answers `tla credential set` at a real terminal and prints what the terminal showed; run by test_runs.py."""

import os
import pty
import sys

SECRET = "canary-7731"
child, terminal = pty.fork()
if child == 0:
    os.execv(os.environ["TLA"], ["tla", "credential", "set", "typed", "--field", "password"])
shown = b""
while b"password: " not in shown:
    shown += os.read(terminal, 1000)
os.write(terminal, SECRET.encode() + b"\n")
try:
    while chunk := os.read(terminal, 1000):
        shown += chunk
except OSError:  # Linux says so at the end of a terminal
    pass
print(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
