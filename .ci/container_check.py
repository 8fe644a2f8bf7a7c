#!/usr/bin/env python3
"""Runs what is in an image as a container's runtime would, without one. usage: container_check.py PROGRAM ROOT IMAGE.JSON

ROOT is where the image is mounted; IMAGE.JSON what `buildah inspect --type image` says; PROGRAM serves the simulated organization.
First as an engine runs an image, then as packaging/kubernetes says. Belongs into a network namespace of its own, so that ports are free.
"""
import contextlib
import fcntl
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import yaml

PROGRAM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
IMAGE = json.loads(pathlib.Path(sys.argv[3]).read_text())
CONFIGURATION, HEALTH = IMAGE["OCIv1"]["config"], IMAGE["Docker"]["config"]["Healthcheck"]
PATIENCE = 60
LARGEST_MIB = 56

# What a runtime does: a read-only root, mounts, a process number 1, no new privileges, and a user.
RUNTIME = """
set -e
root=$1 user=$2
mount --bind "$root" "$root"
shift 2
while [ "$1" != -- ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    mount -o "remount,bind,$3" "$root$2"
    shift 3
done
shift
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs -- chroot --userspec="$user" "$root" "$@"
"""


def demand(condition, message):
    if not condition:
        sys.exit(f"container: {message}")


def eventually(look, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    sys.exit(f"container: {what} did not come within {PATIENCE} s" + "".join(f"\nlog: {container.errors()}" for container in containers))


containers = []


class Container:
    """Of the image, with mounts as (directory, place, "ro" or "rw"), variables beside those of the image, and a user if not its own."""

    def __init__(self, directory, arguments, mounts, environment, user=CONFIGURATION["User"]):
        self.audits, self.log = directory / "audits", directory / "log"
        image = dict(variable.split("=", 1) for variable in CONFIGURATION["Env"])
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "sh", "-c", RUNTIME, "sh", ROOT, user,
             *[word for mount in mounts for word in mount], "--", *CONFIGURATION["Entrypoint"], *arguments],
            env=image | environment | {"PATH": os.environ["PATH"]}, stdout=open(self.audits, "wb"), stderr=open(self.log, "wb"))
        containers.append(self)

    @property
    def identifier(self):
        """Of the process that has number 1 inside."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(eventually(children.read_text, "the process").split()[0])

    def stopped(self):
        os.kill(self.identifier, getattr(signal, CONFIGURATION["StopSignal"]))
        return self.process.wait(PATIENCE)

    def ids(self):
        return [json.loads(line)["id"] for line in self.audits.read_text().splitlines()]

    def errors(self):
        return self.log.read_text()[-2000:]


def health(*address):
    """The image's health check, as its user: whether it is satisfied, and what it says."""
    command = HEALTH["Test"][1:]
    ending = subprocess.run([shutil.which("chroot"), f"--userspec={CONFIGURATION['User']}", ROOT, command[0], *(address or command[1:])],
                            env={}, capture_output=True, text=True, timeout=30)
    return ending.returncode == 0, ending.stdout


@contextlib.contextmanager
def answering(status):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(b"the reason")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield str(server.server_port)
    server.shutdown()


def check_image():
    size = sum(path.lstat().st_size for path in ROOT.rglob("*") if path.is_file()) / 2**20
    programs = {path.name for path in ROOT.glob("**/bin/*")}
    demand(programs == {"auditferry", "healthcheck"}, f"the image has the programs {programs}")
    demand(CONFIGURATION["User"].split(":")[0].isdigit() and CONFIGURATION["User"] != "0:0", f"its user is {CONFIGURATION['User']}")
    state = (ROOT / "var/lib/auditferry").stat()
    demand((state.st_uid, state.st_mode & 0o777) == (65532, 0o700), f"the volume's directory is {state.st_uid}'s, {state.st_mode:o}")
    others = [path for path in ROOT.rglob("*") if path.lstat().st_uid != 0 and path != ROOT / "var/lib/auditferry"]
    demand(not others, f"{others} do not belong to root")
    demand(list(CONFIGURATION["Volumes"]) == ["/var/lib/auditferry"], f"its volumes are {CONFIGURATION['Volumes']}")
    if list(ROOT.rglob("libswiftCore.so")):
        print(f"image of {size:.1f} MiB, with the libraries of Swift: the program is no release build")
    else:
        demand(size <= LARGEST_MIB, f"the image has {size:.1f} MiB, more than {LARGEST_MIB}")
        print(f"image of {size:.1f} MiB")


def check_confinement(container):
    process = pathlib.Path(f"/proc/{container.identifier}")
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
    demand(status["Uid"].split() == ["65532"] * 4, f"it runs as {status['Uid']}")
    demand(int(status["CapEff"], 16) == 0 and status["NoNewPrivs"] == "1", f"it has the capabilities {status['CapEff']}")
    demand(status["NSpid"].split()[-1] == "1", f"it is process {status['NSpid']}")
    demand(os.statvfs(process / "root").f_flag & os.ST_RDONLY, "its root can be written to")


def check_health(container):
    eventually(lambda: health()[0], "a satisfied health check")
    os.kill(container.identifier, signal.SIGSTOP)
    demand(health() == (False, "no answer in time\n"), "the health check is satisfied with a program that stands still")
    os.kill(container.identifier, signal.SIGCONT)
    eventually(lambda: health()[0], "a satisfied health check, again,")
    for status in (200, 503, 404, 302):
        with answering(status) as port:
            demand(health("127.0.0.1", port) == (status == 200, "the reason\n"), f"the health check takes {status} for the wrong thing")
    demand(not health("127.0.0.1", "1")[0], "the health check is satisfied although nobody listens")
    demand(not health("localhost", "x")[0], "the health check is satisfied although it understands nothing")


def made(directory, mode, owner=(0, 0), **files):
    """A directory with these files, for a mount."""
    directory.mkdir(mode=0o700)
    for name, text in files.items():
        (directory / name).write_text(text)
        os.chmod(directory / name, mode & 0o666)
        os.chown(directory / name, *owner)
    os.chmod(directory, mode)
    os.chown(directory, *owner)
    return directory


def check_run(directory, url):
    volume = made(directory / "volume", 0o700, (65532, 65532))
    mounts = [(volume, "/var/lib/auditferry", "rw"), (made(directory / "secrets", 0o755, genesys="simulator\n"), "/run/secrets", "ro")]
    environment = {"GENESYSCLOUD_API_URL": url, "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
                   "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE": "/run/secrets/genesys"}
    first = Container(directory, CONFIGURATION["Cmd"] + ["--since", "30m"], mounts, environment)
    check_health(first)
    check_confinement(first)
    eventually(lambda: len(first.ids()) > 300, "the first audits")
    demand(first.stopped() == 0, f"it did not end with 0: {first.errors()}")
    ids = first.ids()
    demand(all("level" in json.loads(line) for line in first.log.read_text().splitlines()), "its log is not JSON alone")
    demand(not health()[0], "the health check is satisfied after the end")
    offsets = (volume / "offsets.db").stat()
    demand((offsets.st_uid, offsets.st_mode & 0o077) == (65532, 0), "the offset file is not the user's alone")

    second = Container(directory, ["run", "--once"], mounts, environment)
    demand(second.process.wait(PATIENCE) == 0, f"the second run failed: {second.errors()}")
    again = second.ids()
    demand(again and not set(ids) & set(again), f"{len(set(ids) & set(again))} of {len(again)} audits came again after a clean stop")
    print(f"{len(ids)} audits until SIGTERM and exit 0, {len(again)} others afterwards, none twice; the health check tells well from ill")


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def check_pod(directory, url):
    """As the manifests say: the configuration, the mounts with their modes, the user, the arguments, the probes and the limit."""
    manifests = {path.stem: yaml.safe_load(path.read_text()) for path in pathlib.Path("packaging/kubernetes").glob("*.yaml")}
    pod = manifests["workload"]["spec"]["template"]
    context, container = pod["spec"]["securityContext"], pod["spec"]["containers"][0]
    owner = (0, context["fsGroup"])
    modes = {volume["name"]: volume.get("secret", {}).get("defaultMode", 0o644) for volume in pod["spec"]["volumes"]}
    sources = {
        "state": made(directory / "pod-state", 0o2770, owner),
        "configuration": made(directory / "pod-configuration", 0o755, owner, **manifests["configuration"]["data"]),
        "secret": made(directory / "pod-secret", 0o755, owner, client_secret="simulator")}
    os.chmod(sources["secret"] / "client_secret", modes["secret"])
    mounts = [(sources[mount["name"]], mount["mountPath"], "ro" if mount.get("readOnly") else "rw") for mount in container["volumeMounts"]]
    run = Container(directory, container["args"] + ["--since", "30m"], mounts, {"GENESYSCLOUD_API_URL": url} | {
        variable["name"]: "simulator" for variable in container["env"]}, f"{context['runAsUser']}:{context['runAsGroup']}")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        ask = container[probe]["httpGet"]
        place = f"http://127.0.0.1:{ports[ask['port']]}{ask['path']}"
        eventually(lambda: status(place) == 200, f"200 at {place}, the {probe},")
    notes = pod["metadata"]["annotations"]
    place = f"http://127.0.0.1:{notes['prometheus.io/port']}{notes['prometheus.io/path']}"
    with urllib.request.urlopen(place, timeout=5) as answer:
        demand(b"auditferry_build_info" in answer.read(), f"no metrics at {place}")
    listening = pathlib.Path("/proc/net/tcp").read_text()
    demand(f"00000000:{ports['http']:04X} 00000000:0000 0A" in listening, "it does not listen on the pod's address")
    eventually(lambda: len(run.ids()) > 300, "the first audits")
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{run.identifier}/status").read_text())[1]) / 1024
    demand(peak < int(container["resources"]["requests"]["memory"].removesuffix("Mi")), f"it needed {peak:.0f} MiB, more than is requested")
    demand(run.stopped() == 0, f"it did not end with 0: {run.errors()}")
    print(f"a pod as the manifests say is alive and ready, gives metrics, delivers audits, and needed {peak:.0f} MiB")


def loopback():
    """A network of its own begins with an interface that is down."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0x1)  # netdevice(7): IFF_UP
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def main():
    check_image()
    loopback()
    simulator = subprocess.Popen([PROGRAM, "simulate", "--events", "1000", "--history", "1h", "--events-per-second", "2"],
                                 stdout=subprocess.PIPE, text=True)
    try:
        url = simulator.stdout.readline().split()[-1]
        with tempfile.TemporaryDirectory() as name:
            os.chmod(name, 0o755)
            check_run(pathlib.Path(name), url)
            check_pod(pathlib.Path(name), url)
    finally:
        simulator.kill()
        for container in containers:
            # Its parent's end does not end it.
            if container.process.poll() is None:
                os.kill(container.identifier, signal.SIGKILL)
                container.process.wait()


main()
