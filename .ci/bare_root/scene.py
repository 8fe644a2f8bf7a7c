#!/usr/bin/env python3
"""From a bare root of Debian 12 to audits in rsyslog: installs the package, configures it in ten lines, runs the service's
command line, upgrades it, removes it and purges it.

usage: scene.py DIRECTORY PACKAGE NEWER_PACKAGE

Runs in name spaces of its own, which end what is left of it; .ci/packages makes them. DIRECTORY keeps the bare root from run to
run.
"""
import json
import pathlib
import shutil
import sys
import time

from ends import SECRET, Ends
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
OFFSETS = "/var/lib/private/auditferry/offsets.db"
# Everything here takes seconds; this is how long a loaded machine may take.
PATIENCE = 180
STARTED = time.monotonic()


def main():
    directory, package, newer = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    log = directory / "service.log"
    log.unlink(missing_ok=True)
    root = Root(directory / "root", directory / "debian.tar")
    root.apt("update")
    before = root.contents()
    tell(f"a bare root with {len(before)} files")
    install(root, package)
    ends = Ends(root)
    configuration = configure(root, ends)
    count = deliver(root, ends, log)
    tell(f"{count} audits in rsyslog, each once, with {len(configuration.splitlines())} lines of configuration")
    upgrade(root, newer, configuration)
    more = deliver(root, ends, log) - count
    demand(more > 0, "nothing new was delivered after the upgrade")
    tell(f"{newer.name}: it restarts the services; {more} audits more, of the time of the upgrade too, and none again")
    remove(root)
    tell("a removal stops the services, and keeps the configuration, the secret and the offset file")
    purge(root)
    ends.end()
    # The service manager's own, which has to be empty now.
    for private in ("/var/lib/private", "/var/log/private"):
        root.remove(private)
    compare(before, root.contents())
    tell("a purge leaves nothing")


def install(root, package):
    root.apt("install", place(root, package), "rsyslog", "rsyslog-relp")
    libraries = run(*root.command("ldd", "/usr/bin/auditferry"), quiet=True).stdout
    demand("not found" not in libraries, f"a library is missing:\n{libraries}")
    lines = run(*root.command("auditferry", "demo", "--count", "100"), quiet=True).stdout.splitlines()
    demo = {json.loads(line)["id"] for line in lines if line.startswith("{")}
    demand(len(demo) == 100, f"the demo printed {len(demo)} distinct audits")
    tell(f"{package.name} is installed; no library is missing, and the demo prints 100 distinct audits")


def configure(root, ends):
    configuration = CONFIGURATION.format(url=ends.url, port=ends.port)
    root.write("etc/auditferry/auditferry.yaml", configuration)
    root.write("etc/auditferry/client_secret", f"{SECRET}\n", mode=0o600)
    return configuration


def deliver(root, ends, log):
    """Runs the service until everything has arrived. Returns how many audits have."""
    service = Service(root, "auditferry")
    service.start(log)
    service.wait_message("READY=1", PATIENCE)
    tell(f"ready: {service.setting('ExecStart')}")
    ends.settle(PATIENCE)
    service.wait_message("WATCHDOG=1", PATIENCE)
    service.stop()
    demand(SECRET not in log.read_text(), "the secret is in the log")
    # What it delivered while it stopped counts, too.
    return ends.count()


def upgrade(root, newer, configuration):
    offsets = root.bytes(OFFSETS)
    demand(offsets, "there is no offset file")
    asked = asked_of_manager(root, "install", place(root, newer))
    for unit in ("auditferry.service", "auditferry@*.service"):
        wanted = f"try-restart {unit}"
        demand(wanted in asked and "--system daemon-reload" in asked[:asked.index(wanted)],
               f"the upgrade does not restart {unit} after the new units are known, but asks {asked}")
    version = run(*root.command("dpkg-query", "--show", "--showformat", "${Version}", "auditferry"), quiet=True).stdout
    demand(version == newer.name.split("_")[1], f"{version} is installed after the upgrade")
    demand(root.read("etc/auditferry/auditferry.yaml") == configuration, "the upgrade has changed the configuration")
    demand(root.bytes(OFFSETS) == offsets, "the upgrade has changed the offset file")


def asked_of_manager(root, *words):
    """What apt's doing these words asks systemctl for, in its order, where systemd runs."""
    root.write("usr/bin/systemctl", '#!/bin/sh\necho "$*" >> /run/asked\n', mode=0o755)
    root.write("run/asked", "")
    (root.path / "run/systemd/system").mkdir(parents=True)
    root.apt(*words)
    root.remove("usr/bin/systemctl")
    root.remove("run/systemd/system")
    return root.read("run/asked").splitlines()


def remove(root):
    asked = asked_of_manager(root, "remove", "auditferry")
    for unit in ("auditferry.service", "auditferry@*.service"):
        demand(any(line.startswith("stop ") and unit in line.split() for line in asked),
               f"the removal does not stop {unit}, but asks {asked}")
    demand(not root.exists("usr/bin/auditferry"), "the program is there after the removal")
    for kept in ("/etc/auditferry/auditferry.yaml", "/etc/auditferry/client_secret", OFFSETS):
        demand(root.exists(kept), f"{kept} is gone after the removal")


def purge(root):
    # An enabled instance, and what the operator and the service make, have to go too.
    for made in ("etc/systemd/system/multi-user.target.wants/auditferry@acme.service", "etc/auditferry/acme/client_secret",
                 "var/lib/private/auditferry-acme/offsets.db", "var/log/private/auditferry/audits.ndjson"):
        root.write(made, "")
    root.apt("purge", "auditferry")
    left = root.named("auditferry")
    demand(not left, f"a purge leaves {left}")


def place(root, package):
    """Puts a package into the root. Returns where it is there."""
    inside = f"/tmp/packages/{package.name}"
    (root.path / "tmp/packages").mkdir(exist_ok=True)
    shutil.copy(package, f"{root.path}{inside}")
    return inside


def compare(before, after):
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    lines = [f"{path}: {before.get(path)} → {after.get(path)}" for path in changed]
    demand(not lines, "the root is not as it was:\n" + "\n".join(lines))


def tell(text):
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


def demand(holds, otherwise):
    if not holds:
        sys.exit(f"bare root: {otherwise}")


if __name__ == "__main__":
    main()
