"""rsyslog and syslog-ng load the snippets as they are, but for places and ports, and have every audit, byte for byte."""
import json
import pathlib
import subprocess

from organization import documented_outputs, substituted
from surroundings import Certificates, demand, eventually, free_port, running

ACCESS = ("Role", "OAuthClient", "AuthUser")


def access_line(audit):
    user = audit.get("user", {})
    return (f"{audit['eventDate']} {user.get('name', '')} ({user.get('id', '')}) {audit['action']} {audit['entityType']} "
            f"{audit['entity']['id']} {audit['status']} audit={audit['id']}")


def check_stored(name, directory, lines):
    """What the receiver wrote: each audit once and unchanged, and a line for each that is about access."""
    audits, access = directory / "audits.ndjson", directory / "access.log"
    eventually(lambda: audits.exists() and len(audits.read_text().splitlines()) >= len(lines), f"{name}: {len(lines)} lines")
    stored = audits.read_text().splitlines()
    demand(len(lines) > 100, f"{name}: only {len(lines)} audits were delivered")
    demand(sorted(stored) == sorted(lines), f"{name}: it has {len(stored)} lines, of which {len(set(stored) & set(lines))} are right")
    expected = sorted(access_line(audit) for audit in map(json.loads, lines) if audit["entityType"] in ACCESS)
    eventually(lambda: access.exists() and len(access.read_text().splitlines()) >= len(expected), f"{name}: {len(expected)} lines of access")
    found = sorted(access.read_text().splitlines())
    demand(expected and found == expected, f"{name}: of {len(expected)} lines of access, {len(set(found) & set(expected))} are right: {found[:2]}")
    # The receiver has them open, and appends.
    for path in (audits, access):
        path.write_text("")
    print(f"{name}: {len(lines)} audits, {len(expected)} of them about access")


def output(settings, port, certificates):
    """The documented settings, with an address and certificates of this test."""
    settings = dict(settings, address=f"127.0.0.1:{port}")
    if "tls" in settings:
        settings["tls"] = {key: str(certificates.directory / pathlib.Path(value).name) for key, value in settings["tls"].items()}
    return settings


def check_rsyslog(organization, directory):
    snippet = pathlib.Path("packaging/receivers/rsyslog/auditferry.conf")
    certificates = Certificates(directory / "certificates")
    storage = directory / "stored"
    storage.mkdir()
    outputs = documented_outputs(snippet)
    demand(set(outputs) == {"relp", "syslog", "local"}, f"rsyslog: {set(outputs)} are documented")
    ports = {name: free_port() for name in outputs}
    (directory / "auditferry.conf").write_text(substituted(snippet.read_text(), {
        "/var/log/auditferry/": f"{storage}/", "/etc/rsyslog.d/tls/": f"{certificates.directory}/", 'port="2514"': f'port="{ports["relp"]}"',
        'port="6514"': f'port="{ports["syslog"]}"', 'port="10514"': f'port="{ports["local"]}"'}))
    (directory / "rsyslog.conf").write_text(f"""global(workDirectory="{directory}")
include(file="{directory}/auditferry.conf")
syslog.* action(type="omfile" file="{directory}/own-messages.log")
""")
    verdict = subprocess.run(["rsyslogd", "-N1", "-f", directory / "rsyslog.conf"], capture_output=True, text=True)
    problems = [line for line in verdict.stderr.splitlines() if "version" not in line and "End of config" not in line]
    demand(verdict.returncode == 0 and not problems, f"rsyslogd -N1: {verdict.stderr}")
    command = ["rsyslogd", "-n", "-f", directory / "rsyslog.conf", "-i", directory / "pid"]
    with running(command, directory / "rsyslog.out", ports.values()):
        for name, settings in outputs.items():
            check_stored(f"rsyslog, {name}", storage, organization.deliver(output(settings, ports[name], certificates)))


def check_syslog_ng(organization, directory):
    snippet = pathlib.Path("packaging/receivers/syslog-ng/auditferry.conf")
    certificates = Certificates(directory / "certificates")
    storage = directory / "stored"
    outputs = documented_outputs(snippet)
    demand(set(outputs) == {"syslog", "lines"}, f"syslog-ng: {set(outputs)} are documented")
    ports = {name: free_port() for name in outputs}
    (directory / "auditferry.conf").write_text(substituted(snippet.read_text(), {
        "/var/log/auditferry/": f"{storage}/", "/etc/syslog-ng/tls/": f"{certificates.directory}/", "port(6514)": f"port({ports['syslog']})",
        "port(6515)": f"port({ports['lines']})"}))
    (directory / "syslog-ng.conf").write_text(f"""@version: 3.38
@module syslogformat
@module afsocket
@module affile
@module json-plugin
options {{ log-msg-size(131072); stats-freq(0); }};
@include "{directory}/auditferry.conf"
""")
    program = pathlib.Path(".build-receivers/bin/syslog-ng").absolute()
    common = [program, f"--cfgfile={directory}/syslog-ng.conf", f"--persist-file={directory}/persist", f"--pidfile={directory}/pid",
              f"--control={directory}/control"]
    verdict = subprocess.run([*common, "--syntax-only"], capture_output=True, text=True)
    demand(verdict.returncode == 0, f"syslog-ng --syntax-only: {verdict.stdout}{verdict.stderr}")
    with running([*common, "--foreground", "--no-caps"], directory / "syslog-ng.out", ports.values()):
        for name, settings in outputs.items():
            check_stored(f"syslog-ng, {name}", storage, organization.deliver(output(settings, ports[name], certificates)))
