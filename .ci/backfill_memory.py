#!/usr/bin/env python3
"""Measures the memory of a backfill of many audits, and demands that it is bounded and does not grow.

usage: backfill_memory.py PROGRAM [--audits N] [--limit MIB]

Backfills them from the program's own simulated organization into a pipe, and compares what comes out of it with what there is.
Exits 1 if an audit is missing or twice there, if the program's own memory (anonymous pages, of 20 looks a second) is ever above
the limit, or if what it holds at rest is more than 4 MiB higher in the last quarter of the run than in the second. At rest is between two
bursts of audits that are read and not yet delivered: only a tenth of the looks see less. How long the bursts last depends on the machine,
and so would a median. In between are half a million audits, whose ids alone would take 8 MiB; SQLite's cache may fill up, 2 MiB.
The resident set is printed beside it: in it are the pages of the program's text too, as many as the kernel finds good to map.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

AUDITS_A_DAY = 100_000


def backfill(program, count, directory):
    """Backfills `count` audits. Returns what was seen of its own memory, and the peak of its resident set, in MiB."""
    days = max(1, count // AUDITS_A_DAY)
    simulator = subprocess.Popen(
        [program, "simulate", "--port", "0", "--events", str(count), "--history", f"{days}d", "--requests-per-minute", "1000000",
         "--asynchronous-delay", "100ms"],
        stdout=subprocess.PIPE, text=True)
    try:
        url = simulator.stdout.readline().split()[-1]
        # The interval ends behind the last audit, and has to be over.
        time.sleep(2)
        now = datetime.datetime.now(datetime.timezone.utc)
        first = (now - datetime.timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        last = (now - datetime.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        environment = dict(
            os.environ, GENESYSCLOUD_API_URL=url, GENESYSCLOUD_OAUTHCLIENT_ID="simulator",
            GENESYSCLOUD_OAUTHCLIENT_SECRET="simulator", XDG_STATE_HOME=directory, HOME=directory)
        started = time.monotonic()
        process = subprocess.Popen(
            [program, "backfill", "--from", first, "--to", last], env=environment, stdout=subprocess.PIPE)
        looks = []
        watcher = threading.Thread(target=watch, args=(process.pid, looks))
        watcher.start()
        check(process.stdout, count)
        _, status, usage = os.wait4(process.pid, 0)
        watcher.join()
        if status != 0:
            sys.exit(f"the backfill of {count} audits ended with status {os.waitstatus_to_exitcode(status)}")
        return looks, usage.ru_maxrss / 1024, time.monotonic() - started
    finally:
        simulator.terminate()
        simulator.wait()


def watch(process, looks):
    """Looks at the process's own memory until it has gone."""
    while True:
        try:
            with open(f"/proc/{process}/status") as status:
                found = re.search(r"RssAnon:\s+(\d+) kB", status.read())
        except (FileNotFoundError, ProcessLookupError):
            return
        if not found:
            return
        looks.append(int(found[1]) / 1024)
        time.sleep(0.05)


def check(stream, count):
    lines, ids = 0, set()
    for line in stream:
        lines += 1
        ids.add(json.loads(line)["id"])
    if lines != count or len(ids) != count:
        sys.exit(f"{lines} lines with {len(ids)} ids, of {count} audits")


def at_rest(looks):
    """What all but a tenth of the looks saw at least."""
    return sorted(looks)[len(looks) // 10]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--audits", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=64)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        looks, resident, seconds = backfill(os.path.abspath(arguments.program), arguments.audits, directory)
    quarter = len(looks) // 4
    early, late = at_rest(looks[quarter:2 * quarter]), at_rest(looks[3 * quarter:])
    print(f"{arguments.audits} audits, all of them once, in {seconds:.0f} s: {max(looks):.1f} MiB of its own at most "
          f"(at rest {early:.1f} in the second quarter, {late:.1f} in the last), resident set {resident:.1f} MiB at most")
    if max(looks) > arguments.limit or late > early + 4:
        sys.exit(f"it is more than {arguments.limit:.0f} MiB, or it grows")


main()
