"""The processes that make and read pages: any `concurrent.futures.Executor` will do, this is the one for a single machine.

Workers start fresh (no threads or database handles are inherited) and end with their parent, even when that is killed.
"""

import gc
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait


def process_pool(workers: int) -> ProcessPoolExecutor:
    """A pool of `workers` fresh processes."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=_start)


def _start() -> None:
    # Laying out a page makes some hundred thousand short-lived objects; looking through them less often saves an eighth.
    gc.set_threshold(200_000, 20, 100)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=_watch, args=(sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
