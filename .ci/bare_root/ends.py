"""The two ends of the way inside a root: a simulated organization that knows what there is to deliver, and an rsyslog that stores
what arrives."""
import collections
import json
import socket
import subprocess
import time

# Told by a fault of the program alone, since it is written nowhere but where it is read from.
SECRET = "not-to-be-shown"
TRUTH = "/tmp/truth.ndjson"
ARRIVED = "/var/log/audits.ndjson"
RULES = "/etc/rsyslog.d/30-audits.conf"
RSYSLOG = f"""\
global(maxMessageSize="128k")
module(load="imrelp")
template(name="event" type="string" string="%msg%\\n")
ruleset(name="audits" queue.type="direct") {{{{ action(type="omfile" file="{ARRIVED}" template="event") }}}}
input(type="imrelp" address="127.0.0.1" port="{{port}}" maxDataSize="128k" ruleset="audits")
"""


class Ends:
    def __init__(self, root):
        """Starts both. The organization has 3,000 audits of the last hour, and ten more come every second."""
        self.root = root
        simulator = subprocess.Popen(
            root.command("auditferry", "simulate", "--events", "3000", "--history", "1h", "--events-per-second", "10",
                         "--client-secret", SECRET, "--truth", TRUTH),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.url = simulator.stdout.readline().split()[-1]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        # As its package has it, less the kernel's messages, which are not this root's.
        kernel = 'module(load="imklog")'
        packaged = root.read("etc/rsyslog.conf")
        if kernel not in packaged:
            raise SystemExit("rsyslog's configuration is not the one that is expected")
        root.write("etc/rsyslog.conf", packaged.replace(kernel, ""))
        root.write(RULES, RSYSLOG.format(port=self.port))
        self.processes = [simulator, subprocess.Popen(root.command("rsyslogd", "-n"), stdin=subprocess.DEVNULL)]

    def settle(self, patience):
        """Waits until everything has arrived that is there to deliver now."""
        due = set(self.ids(TRUTH))
        deadline = time.monotonic() + patience
        while missing := due - set(self.ids(ARRIVED)):
            if time.monotonic() > deadline:
                raise SystemExit(f"{len(missing)} of {len(due)} audits did not arrive")
            time.sleep(0.2)

    def count(self):
        """How many audits have arrived, none of them twice and all of them served by the organization."""
        arrived = self.ids(ARRIVED)
        twice = [audit for audit, count in collections.Counter(arrived).items() if count > 1]
        if twice:
            raise SystemExit(f"{len(twice)} audits arrived twice")
        if not set(arrived) <= set(self.ids(TRUTH)):
            raise SystemExit("audits arrived that the simulator has not served")
        return len(arrived)

    def ids(self, path):
        """The id of every line that is whole."""
        whole, _, _ = self.root.bytes(path).rpartition(b"\n")
        return [json.loads(line)["id"] for line in whole.splitlines()]

    def end(self):
        """Ends both, and purges rsyslog, with all that came with it, and what it wrote."""
        for process in self.processes:
            process.terminate()
            process.wait()
        self.root.remove(RULES)
        self.root.apt("-o", "APT::AutoRemove::SuggestsImportant=false", "-o", "APT::AutoRemove::RecommendsImportant=false",
                      "--autoremove", "purge", "rsyslog", "rsyslog-relp")
        # Which of its own it has written depends on what anybody had to say.
        for file in [ARRIVED] + [f"/var/log/{name}" for name in ("syslog", "user.log", "auth.log", "cron.log", "mail.log", "kern.log")]:
            if self.root.exists(file):
                self.root.remove(file)
