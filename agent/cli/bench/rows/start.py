"""Rows: how long it takes until the program is there. With a warm disk: a cold one cannot be had without root."""

from __future__ import annotations

import os
import subprocess
import sys

from agent.cli.bench.launch import Launch
from agent.cli.bench.measure import timed
from agent.cli.bench.peer import Peer
from agent.cli.bench.row import Pair, case
from agent.cli.bench.stand import Stand


@case("start.window", "From the start of the program to its window", peer="eager", at_most=1000, times=1)
def window(stand: Stand, peer: Peer) -> Pair:
    """Until the window is on the screen, as another program sees it; ended at once after that."""
    stand.open_screen()
    home = stand.folder / "start"
    launch = Launch([sys.executable, "-m", "agent"], {**os.environ, "TLA_HOME": str(home)})
    ours = timed(launch.start, after=launch.end)
    return stand.race(ours, peer.turn("start", after="end"), rounds=5)


@case("start.cli", "From the start of `tla --help` to its end", peer="typer", at_most=1000)
def command_line(stand: Stand, peer: Peer) -> Pair:
    """The peer is the floor: the same toolkit without a program."""
    command = [sys.executable, "-c", "from agent.cli import main; main()", "--help"]
    ours = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return stand.race(ours, peer.turn("help"), rounds=7)
