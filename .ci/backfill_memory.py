#!/usr/bin/env python3
"""Measures the memory of a backfill of few audits and of many, as dense in time, and demands that it is bounded.

usage: backfill_memory.py PROGRAM [--few N] [--many N] [--limit MIB]

Backfills both from the program's own simulated organization into a pipe, and compares what comes out of it with what there is.
Exits 1 if an audit is missing or twice there, if the peak of the resident memory is above the limit, or if many audits take
more than a tenth more than few.
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time

AUDITS_A_DAY = 100_000


def backfill(program, count, directory):
    """Backfills `count` audits. Returns the peak of the resident memory in MiB and the seconds that it took."""
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
        check(process.stdout, count)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"the backfill of {count} audits ended with status {os.waitstatus_to_exitcode(status)}")
        return usage.ru_maxrss / 1024, time.monotonic() - started
    finally:
        simulator.terminate()
        simulator.wait()


def check(stream, count):
    lines, ids = 0, set()
    for line in stream:
        lines += 1
        ids.add(json.loads(line)["id"])
    if lines != count or len(ids) != count:
        sys.exit(f"{lines} lines with {len(ids)} ids, of {count} audits")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--few", type=int, default=400_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=64)
    arguments = parser.parse_args()
    peaks = []
    with tempfile.TemporaryDirectory() as directory:
        for count in (arguments.few, arguments.many):
            peak, seconds = backfill(os.path.abspath(arguments.program), count, directory)
            print(f"{count} audits: {peak:.1f} MiB at most, {seconds:.0f} s, all of them once", flush=True)
            peaks.append(peak)
    if max(peaks) > arguments.limit or peaks[1] > peaks[0] * 1.1:
        sys.exit(f"{peaks[1]:.1f} MiB for many audits, {peaks[0]:.1f} MiB for few; at most {arguments.limit:.0f} MiB")


main()
