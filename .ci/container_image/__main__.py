"""Runs what is in an image as a container's runtime would, without one. usage: container_image PROGRAM ROOT IMAGE.JSON

ROOT is where the image is mounted; IMAGE.JSON what `buildah inspect --type image` says; PROGRAM serves the simulated organization.
First as an engine runs an image, then as packaging/kubernetes says. Belongs into a network namespace of its own, so that ports are free.
"""
import fcntl
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from health import UNREACHABLE, check_health_of, check_health_of_answers, health
from pod import check_pod
from runtime import CONFIGURATION, PATIENCE, ROOT, Container, containers, demand, eventually, made

PROGRAM = sys.argv[1]
LARGEST_MIB = 56


def check_image():
    size = sum(path.lstat().st_size for path in ROOT.rglob("*") if path.is_file()) / 2**20
    programs = {path.name for path in ROOT.glob("**/bin/*")}
    demand(programs == {"auditferry"}, f"the image has the programs {programs}")
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


def check_run(directory, url):
    volume = made(directory / "volume", 0o700, (65532, 65532))
    mounts = [(volume, "/var/lib/auditferry", "rw"), (made(directory / "secrets", 0o755, genesys="simulator\n"), "/run/secrets", "ro")]
    environment = {"GENESYSCLOUD_API_URL": url, "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
                   "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE": "/run/secrets/genesys"}
    first = Container(directory, CONFIGURATION["Cmd"] + ["--since", "30m"], mounts, environment)
    check_health_of(first)
    check_confinement(first)
    eventually(lambda: len(first.ids()) > 300, "the first audits")
    demand(first.stopped() == 0, f"it did not end with 0: {first.errors()}")
    ids = first.ids()
    demand(all("level" in json.loads(line) for line in first.log.read_text().splitlines()), "its log is not JSON alone")
    demand(health()[0] == UNREACHABLE, "the health check is satisfied after the end")
    offsets = (volume / "offsets.db").stat()
    demand((offsets.st_uid, offsets.st_mode & 0o077) == (65532, 0), "the offset file is not the user's alone")

    second = Container(directory, ["run", "--once"], mounts, environment)
    demand(second.process.wait(PATIENCE) == 0, f"the second run failed: {second.errors()}")
    again = second.ids()
    demand(again and not set(ids) & set(again), f"{len(set(ids) & set(again))} of {len(again)} audits came again after a clean stop")
    print(f"{len(ids)} audits until SIGTERM and exit 0, {len(again)} others afterwards, none twice; the health check tells well from ill")


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
            check_health_of_answers()
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
