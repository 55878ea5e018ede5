"""One function over many jobs, on all processors: in worker processes, or in threads where that is enough."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

Prepare = Callable[[AbstractContextManager[object]], None]  # what a worker does first, with a lock that all share
Job = TypeVar("Job")
Result = TypeVar("Result")

_MAX_WORKERS = 8  # each worker process takes about 60 MB
_POLL_SECONDS = 0.1
_IN_FLIGHT = 8  # jobs for each worker, so that none waits while results are written down


def default_num_workers() -> int:
    """One for each processor that this process may use, within reason."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MAX_WORKERS, usable))


@contextmanager
def thread_pool(num_workers: int) -> Iterator[Executor]:
    """For little work, or work that mostly holds no interpreter lock."""
    executor = ThreadPoolExecutor(num_workers, thread_name_prefix="inspect")
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def process_pool(num_workers: int, prepare: Prepare) -> Iterator[Executor]:
    """For much work. Starting takes about half a second, and begins at once.

    Args:
        num_workers: Number of processes.
        prepare: Called in each with a lock that they share. Must be importable.
    """
    context = multiprocessing.get_context("spawn")  # forking a process that has threads may hang
    initargs = (prepare, context.Lock())
    executor = ProcessPoolExecutor(num_workers, mp_context=context, initializer=_start_worker, initargs=initargs)
    try:
        executor.submit(os.getpid)  # an executor starts its processes with the first job
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def run_jobs(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    executor: Executor,
    num_in_flight: int,
    should_stop: Callable[[], bool],
) -> Iterator[Result]:
    """Yield results as they come, in any order. When worker processes die, the rest is done in this thread.

    Args:
        function: Must be importable if the executor has processes.
        jobs: Taken as they are needed.
        executor: Of this module.
        num_in_flight: Jobs that are handed out at once.
        should_stop: Polled; when true nothing more is yielded.

    Raises:
        Exception: What the function raised.
    """
    remaining = iter(jobs)
    pending: dict[Future[Result], Job] = {}
    try:
        while not should_stop():
            _hand_out(function, remaining, executor, pending, num_in_flight)
            if not pending:
                return
            done, _ = wait(pending, _POLL_SECONDS, FIRST_COMPLETED)
            for future in done:
                result = future.result()
                del pending[future]  # only now: a job whose worker died is still to be done
                yield result
    except BrokenProcessPool:
        for job in [*pending.values(), *remaining]:
            if should_stop():
                return
            yield function(job)
    finally:
        for future in pending:
            future.cancel()


def num_in_flight(num_workers: int) -> int:
    """How many jobs keep so many workers busy."""
    return _IN_FLIGHT * num_workers


def _hand_out(
    function: Callable[[Job], Result],
    jobs: Iterator[Job],
    executor: Executor,
    pending: dict[Future[Result], Job],
    at_most: int,
) -> None:
    while len(pending) < at_most:
        job = next(jobs, None)
        if job is None:
            return
        try:
            pending[executor.submit(function, job)] = job
        except BrokenProcessPool:
            pending[Future()] = job  # it is done with the rest
            raise


def _start_worker(prepare: Prepare, lock: AbstractContextManager[object]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes; the parent decides what it means
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    prepare(lock)


def _leave_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
