#!/usr/bin/env python3
"""From a bare root of Debian 12 to audits in rsyslog: installs the package, configures it in ten lines, runs the service's command line,
upgrades it, removes it and purges it.

usage: scene.py DIRECTORY PACKAGE NEWER_PACKAGE

Runs in name spaces of its own, which end what is left of it; .ci/packages makes them. DIRECTORY keeps the bare root from run to run.
"""
import collections
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from root import Root, run
from unit import Service

CONFIGURATION = """\
genesys:
  api_url: {url}
  client_id: simulator
tail:
  since: 2h
  poll_interval: 1s
  sweep: {{every: 10s, back: 3h}}
outputs:
  siem: {{type: relp, address: "127.0.0.1:{port}"}}
"""
RSYSLOG = """\
global(maxMessageSize="128k")
module(load="imrelp")
template(name="event" type="string" string="%msg%\\n")
ruleset(name="audits" queue.type="direct") {{ action(type="omfile" file="/var/log/audits.ndjson" template="event") }}
input(type="imrelp" address="127.0.0.1" port="{port}" maxDataSize="128k" ruleset="audits")
"""
SECRET = "simulator"
# Everything here takes seconds; this is how long a loaded machine may take.
PATIENCE = 180


def main():
    directory, package, newer = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    started = time.monotonic()

    def tell(text):
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    root = Root(directory / "root", directory / "debian.tar")
    root.apt("update")
    before = root.contents()
    tell(f"a bare root with {len(before)} files")

    packages = root.path / "tmp/packages"
    packages.mkdir()
    for file in (package, newer):
        shutil.copy(file, packages)
    root.apt("install", f"/tmp/packages/{package.name}", "rsyslog", "rsyslog-relp")
    check_program(root)
    tell(f"{package.name} is installed; no library is missing, and the demo prints 100 distinct audits")

    truth = simulate(root)
    truth.processes.append(receive(root, truth.port))
    configuration = CONFIGURATION.format(url=truth.url, port=truth.port)
    root.write("etc/auditferry/auditferry.yaml", configuration)
    root.write("etc/auditferry/client_secret", f"{SECRET}\n", mode=0o600)
    service = Service(root, "auditferry")
    service.start(directory / "service.log")
    service.wait_message("READY=1", PATIENCE)
    count = settle(truth)
    service.wait_message("WATCHDOG=1", PATIENCE)
    service.stop()
    tell(f"{service.setting('ExecStart')}: {count} audits in rsyslog, each once, with {len(configuration.splitlines())} lines of configuration")

    offsets = (root.path / "var/lib/auditferry/offsets.db").read_bytes()
    root.apt("install", f"/tmp/packages/{newer.name}")
    demand(version(root) == newer.name.split("_")[1], f"{version(root)} is installed after the upgrade")
    demand(root.read("etc/auditferry/auditferry.yaml") == configuration, "the upgrade has changed the configuration")
    demand((root.path / "var/lib/auditferry/offsets.db").read_bytes() == offsets, "the upgrade has changed the offset file")
    service = Service(root, "auditferry")
    service.start(directory / "service.log")
    service.wait_message("READY=1", PATIENCE)
    total = settle(truth)
    demand(total > count, "nothing new was delivered after the upgrade")
    service.stop()
    tell(f"{newer.name}: {total - count} audits more, of the time of the upgrade too, and none again")

    demand(SECRET not in (directory / "service.log").read_text(), "the secret is in the log")
    root.apt("remove", "auditferry")
    demand(not root.exists("usr/bin/auditferry"), "the program is there after the removal")
    for kept in ("etc/auditferry/auditferry.yaml", "etc/auditferry/client_secret", "var/lib/private/auditferry/offsets.db"):
        demand(root.exists(kept), f"/{kept} is gone after the removal")
    tell("a removal keeps the configuration, the secret and the offset file")

    # An enabled instance, and what the operator and the service make, have to go too.
    for left in ("etc/systemd/system/multi-user.target.wants/auditferry@acme.service", "var/lib/private/auditferry-acme/offsets.db",
                 "var/log/private/auditferry/audits.ndjson", "etc/auditferry/acme/client_secret"):
        root.write(left, "")
    root.apt("purge", "auditferry")
    named = sorted(path for path in root.path.rglob("*auditferry*") if "/proc/" not in str(path) and "/tmp/" not in str(path)
                   and "/run/" not in str(path))
    demand(not named, f"a purge leaves {[str(path) for path in named]}")
    truth.end()
    unreceive(root)
    # The service manager's own, which has to be empty now.
    for directory in ("var/lib/private", "var/log/private"):
        (root.path / directory).rmdir()
    compare(before, root.contents())
    tell("a purge leaves nothing")


def check_program(root):
    libraries = run(*root.command("ldd", "/usr/bin/auditferry"), quiet=True).stdout
    demand("not found" not in libraries, f"a library is missing:\n{libraries}")
    lines = run(*root.command("auditferry", "demo", "--count", "100"), quiet=True).stdout.splitlines()
    ids = {json.loads(line)["id"] for line in lines if line.startswith("{")}
    demand(len(ids) == 100, f"the demo printed {len(ids)} distinct audits")


def version(root):
    return run(*root.command("dpkg-query", "--show", "--showformat", "${Version}", "auditferry"), quiet=True).stdout


class Truth:
    """The simulated organization, and the receiver: what was there to deliver, and what arrived."""

    def __init__(self, root, simulator, url):
        self.root, self.processes, self.url = root, [simulator], url
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]

    def due(self):
        return ids(self.root.path / "tmp/truth.ndjson")

    def arrived(self):
        return ids(self.root.path / "var/log/audits.ndjson")

    def end(self):
        for process in self.processes:
            process.terminate()
            process.wait()


def ids(file):
    """The id of every line that is whole."""
    if not file.exists():
        return []
    return [json.loads(line)["id"] for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def simulate(root):
    """An organization with 3,000 audits of the last hour, and ten more a second."""
    simulator = subprocess.Popen(root.command("auditferry", "simulate", "--events", "3000", "--history", "1h", "--events-per-second", "10",
                                              "--truth", "/tmp/truth.ndjson"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return Truth(root, simulator, simulator.stdout.readline().split()[-1])


def receive(root, port):
    """Starts rsyslog as its package has it, less the kernel's messages, which are not this root's."""
    text = root.read("etc/rsyslog.conf")
    demand('module(load="imklog")' in text, "rsyslog's configuration is not the one that is expected")
    root.write("etc/rsyslog.conf", text.replace('module(load="imklog")', ""))
    root.write("etc/rsyslog.d/30-audits.conf", RSYSLOG.format(port=port))
    return subprocess.Popen(root.command("rsyslogd", "-n"), stdin=subprocess.DEVNULL)


def unreceive(root):
    """Purges the receiver, with all that came with either package, and what it wrote."""
    (root.path / "etc/rsyslog.d/30-audits.conf").unlink()
    root.apt("-o", "APT::AutoRemove::SuggestsImportant=false", "-o", "APT::AutoRemove::RecommendsImportant=false",
             "--autoremove", "purge", "rsyslog", "rsyslog-relp")
    for file in ("audits.ndjson", "syslog", "user.log"):
        (root.path / "var/log" / file).unlink()


def settle(truth):
    """Waits until everything has arrived that is visible now; nothing may have arrived twice, or that was not there.

    Returns how many audits that are."""
    due = set(truth.due())
    deadline = time.monotonic() + PATIENCE
    while not due <= set(truth.arrived()):
        demand(time.monotonic() < deadline, f"{len(due - set(truth.arrived()))} of {len(due)} audits did not arrive")
        time.sleep(0.2)
    arrived = truth.arrived()
    twice = [audit for audit, count in collections.Counter(arrived).items() if count > 1]
    demand(not twice, f"{len(twice)} audits arrived twice")
    demand(set(arrived) <= set(truth.due()), "audits arrived that the simulator has not served")
    return len(arrived)


def compare(before, after):
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    lines = [f"{path}: {before.get(path)} → {after.get(path)}" for path in changed]
    demand(not lines, "the root is not as it was:\n" + "\n".join(lines))


def demand(holds, otherwise):
    if not holds:
        sys.exit(f"bare root: {otherwise}")


if __name__ == "__main__":
    main()
