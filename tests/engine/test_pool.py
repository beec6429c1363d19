"""Threads are made when they are needed, and used again."""

from __future__ import annotations

import threading

from agent.engine.pool import Pool


def test_pieces_of_work_run_side_by_side() -> None:
    pool = Pool("test-side")
    together = threading.Barrier(8)
    done = [threading.Event() for _ in range(8)]

    def work(mine: threading.Event) -> None:
        together.wait(10)
        mine.set()

    for event in done:
        pool.submit(lambda event=event: work(event))  # type: ignore[misc]  # the default binds the loop's event
    assert all(event.wait(10) for event in done)
    pool.close()


def test_a_thread_that_is_free_is_used_again() -> None:
    pool = Pool("test-again")
    names: list[str] = []
    for _ in range(5):
        done = threading.Event()
        pool.submit(lambda done=done: (names.append(threading.current_thread().name), done.set()))  # type: ignore[misc]
        assert done.wait(10)
        while pool._idle == 0:  # it is free a moment after the work says it is done
            threading.Event().wait(0.001)
    assert len(set(names)) == 1
    pool.close()


def test_after_closing_its_threads_end() -> None:
    pool = Pool("test-close")
    done = threading.Event()
    pool.submit(done.set)
    assert done.wait(10)
    pool.close()
    for thread in threading.enumerate():
        if thread.name.startswith("test-close"):
            thread.join(10)
            assert not thread.is_alive()
