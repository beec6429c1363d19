"""Hearing of the person at the machine, in a process of its own that nothing in the program can keep waiting.

::

    watched.py     `WatchedPerson`: what the program has of it, and the start of the process
    sentinel.py    the process: listens, tells, and lets go of all keys when the program does not
    board.py       the numbers that both have in memory
    outlook.py     what an operating system must tell; x11/person.py, windows/person.py, macos/person.py do
"""
