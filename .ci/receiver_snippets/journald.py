"""journald loads the snippet as it is, in a mount namespace of its own, and the documented queries find what they say."""
import collections
import contextlib
import json
import pathlib
import re
import subprocess

from organization import documented_outputs
from surroundings import demand, eventually, running

SNIPPET = pathlib.Path("packaging/receivers/journald/auditferry.conf")
QUERIES = pathlib.Path("packaging/receivers/journald/queries.md")
PROGRAM = "/lib/systemd/systemd-journald"

NAMESPACE = """
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log
touch /run/systemd/journal/flushed
mount --bind "$0/log" /var/log
mount --bind "$0/systemd" /etc/systemd
echo ready
exec sleep 900
"""


@contextlib.contextmanager
def namespace(directory):
    """Gives the words that a command begins with that is to run beside a journald with the snippet."""
    (directory / "log/journal").mkdir(parents=True)
    (directory / "systemd/journald.conf.d").mkdir(parents=True)
    (directory / "systemd/journald.conf").write_text("[Journal]\nReadKMsg=no\nAudit=no\n")
    (directory / "systemd/journald.conf.d/auditferry.conf").write_text(SNIPPET.read_text())
    holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-ec", NAMESPACE, directory],
                              stdout=subprocess.PIPE, text=True)
    try:
        demand(holder.stdout.readline() == "ready\n", "there is no mount namespace")
        inside = ("nsenter", "--target", str(holder.pid), "--mount")
        log = directory / "journald.out"
        with running(["env", "SYSTEMD_LOG_TARGET=console", PROGRAM], log, prefix=inside):
            run = pathlib.Path(f"/proc/{holder.pid}/root/run/systemd/journal")
            eventually((run / "io.systemd.journal").exists, lambda: f"journald, which says: {log.read_text()};")
            yield inside
            # What it does not understand it only warns of.
            demand("auditferry.conf" not in log.read_text(), f"journald says: {log.read_text()}")
    finally:
        holder.kill()
        holder.wait()


def commands():
    """The queries by the sentence above each."""
    return re.findall(r"^(\S.*)\n\n```sh\n(.*)\n```$", QUERIES.read_text(), re.M)


def check_queries(inside, lines):
    audits = [json.loads(line) for line in lines]
    by_id = {audit["id"]: audit for audit in audits}
    users = collections.Counter(audit["user"]["id"] for audit in audits if audit.get("user", {}).get("id"))
    user, audit_id = users.most_common(1)[0][0], audits[7]["id"]
    addresses = collections.Counter(address for audit in audits for address in audit.get("remoteIp", []))

    def access(text):
        return {audit["id"] for audit in audits if audit["entityType"] in ("Role", "OAuthClient")} == ids(text)

    def ids(text):
        return {json.loads(line)["id"] for line in text.splitlines()}

    def warnings(text):
        # Failures, and changes of what decides over access; nothing that is only looked at.
        found = ids(text)
        return {audit["id"] for audit in audits if audit["status"] == "FAILURE"} <= found and all(
            by_id[one]["action"] not in ("View", "Read") for one in found) and len(found) < len(audits)

    def counted(text):
        return {address: int(count) for count, address in (line.split() for line in text.splitlines())} == addresses

    expectations = {
        "Every audit": lambda text: sorted(text.splitlines()) == sorted(lines),
        "What changed in roles": access,
        "What one user did": lambda text: text.count("    GENESYS_AUDIT_ID=") == users[user],
        "What failed": warnings,
        "One audit by its id": lambda text: ids(text) == {audit_id} and len(text.splitlines()) == 1,
        "From which addresses": counted,
        "Which services": lambda text: set(text.split()) == {audit["serviceName"] for audit in audits},
        "Signs of life": lambda text: text.startswith('{"auditferry":"heartbeat"'),
    }
    for sentence, command in commands():
        holds = next((check for start, check in expectations.items() if sentence.startswith(start)), None)
        demand(holds, f"nobody checks '{sentence}'")
        ending = subprocess.run([*inside, "env", f"USER_ID={user}", f"AUDIT_ID={audit_id}", "sh", "-c", command], capture_output=True, text=True)
        demand(ending.returncode == 0 and holds(ending.stdout), f"journald: '{command}' gave {ending.stdout[:500]}{ending.stderr}")
    demand(len(commands()) == len(expectations), "a query has gone")
    return len(expectations)


def check_journald(organization, directory):
    output = documented_outputs(SNIPPET)["journal"]
    with namespace(directory) as inside:
        lines = organization.deliver(output, prefix=inside, heartbeat="1s")
        lines = [line for line in lines if not line.startswith('{"auditferry":')]
        # What its socket holds may not be in its files yet.
        subprocess.run([*inside, "journalctl", "--sync"], check=True)
        limit = subprocess.run([*inside, "journalctl", "-o", "json", "MESSAGE_ID=ec387f577b844b8fa948f33cad9a75e6"], capture_output=True, text=True)
        found = [json.loads(line) for line in limit.stdout.splitlines()]
        demand(any(entry["MAX_USE_PRETTY"] == "8.0G" for entry in found if entry["JOURNAL_NAME"] == "System Journal"),
               f"the journal's limit is {limit.stdout}")
        queries = check_queries(inside, lines)
    print(f"journald: {len(lines)} audits, {queries} queries that find what they say")
