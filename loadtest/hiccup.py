"""The hiccup meter: a process that sleeps two milliseconds at a time and adds up by how much it wakes late.

With real-time priority nothing of this machine is before it, so what it loses the host has taken.
Asked by a line on its input, it answers with the seconds lost since it was last asked.
"""

import os
import select
import sys
import time

PERIOD_S = 0.002
GRACE_S = 0.001


def main() -> None:
    os.sched_setaffinity(0, {int(sys.argv[1])})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        print("real-time", flush=True)
    except PermissionError:
        print("ordinary", flush=True)
    lost, before = 0.0, time.perf_counter()
    while True:
        asked, _, _ = select.select([0], [], [], PERIOD_S)
        now = time.perf_counter()
        lost += max(0.0, now - before - PERIOD_S - GRACE_S)
        if asked:
            if not os.read(0, 1024):
                return
            print(lost, flush=True)
            lost = 0.0
        before = time.perf_counter()


if __name__ == "__main__":
    main()
