#!/usr/bin/env python3
"""Runs what is in an image as a container's runtime would, without one. usage: container_check.py PROGRAM ROOT IMAGE.JSON

ROOT is where the image is mounted; IMAGE.JSON what `buildah inspect --type image` says; PROGRAM serves the simulated organization.
"""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
IMAGE = json.loads(pathlib.Path(sys.argv[3]).read_text())
CONFIGURATION, HEALTH = IMAGE["OCIv1"]["config"], IMAGE["Docker"]["config"]["Healthcheck"]
PATIENCE = 60
LARGEST_MIB = 80

# What a runtime does: mounts, a process number 1, no new privileges, and the image's user.
RUNTIME = """
set -e
mount --bind "$1" "$1"
mount --bind "$2" "$1/var/lib/auditferry"
mount --bind "$3" "$1/run/secrets"
mount -t proc proc "$1/proc"
mount -o remount,bind,ro "$1"
mount -o remount,bind,ro "$1/run/secrets"
root=$1 user=$4
shift 4
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
    def __init__(self, directory, volume, url, arguments):
        self.audits, self.log = directory / "audits", directory / "log"
        environment = dict(variable.split("=", 1) for variable in CONFIGURATION["Env"])
        environment |= {"GENESYSCLOUD_API_URL": url, "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
                        "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE": "/run/secrets/genesys"}
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh", "-c", RUNTIME, "sh", ROOT, volume,
             directory / "secrets", CONFIGURATION["User"], *CONFIGURATION["Entrypoint"], *arguments],
            env=environment | {"PATH": os.environ["PATH"]}, stdout=open(self.audits, "wb"), stderr=open(self.log, "wb"))
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


def check_run(directory):
    (directory / "secrets").mkdir()
    (directory / "secrets/genesys").write_text("simulator\n")
    volume = directory / "volume"
    volume.mkdir(mode=0o700)
    os.chown(volume, 65532, 65532)
    simulator = subprocess.Popen([PROGRAM, "simulate", "--events", "1000", "--history", "1h", "--events-per-second", "2"],
                                 stdout=subprocess.PIPE, text=True)
    try:
        url = simulator.stdout.readline().split()[-1]
        first = Container(directory, volume, url, ["run", "--since", "30m"])
        check_health(first)
        check_confinement(first)
        eventually(lambda: len(first.ids()) > 300, "the first audits")
        demand(first.stopped() == 0, f"it did not end with 0: {first.errors()}")
        ids = first.ids()
        demand(all("level" in json.loads(line) for line in first.log.read_text().splitlines()), "its log is not JSON alone")
        demand(not health()[0], "the health check is satisfied after the end")
        offsets = (volume / "offsets.db").stat()
        demand((offsets.st_uid, offsets.st_mode & 0o077) == (65532, 0), "the offset file is not the user's alone")

        second = Container(directory, volume, url, ["run", "--once"])
        demand(second.process.wait(PATIENCE) == 0, f"the second run failed: {second.errors()}")
        again = second.ids()
        demand(again and not set(ids) & set(again), f"{len(set(ids) & set(again))} of {len(again)} audits came again after a clean stop")
        print(f"{len(ids)} audits until SIGTERM and exit 0, {len(again)} others afterwards, none twice; the health check tells well from ill")
    finally:
        simulator.kill()
        for container in containers:
            # Its parent's end does not end it: it has changed its user.
            if container.process.poll() is None:
                os.kill(container.identifier, signal.SIGKILL)
                container.process.wait()


check_image()
with tempfile.TemporaryDirectory() as name:
    os.chmod(name, 0o755)
    check_run(pathlib.Path(name))
