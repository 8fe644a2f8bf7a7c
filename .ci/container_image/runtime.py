"""A container's runtime in a few lines: what an engine does with an image, and nothing that needs a daemon."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT, IMAGE = pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
CONFIGURATION, HEALTH = IMAGE["OCIv1"]["config"], IMAGE["Docker"]["config"]["Healthcheck"]
PATIENCE = 240

# A read-only root, mounts, a process number 1, no new privileges, and a user.
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


def contained(words, mounts, user):
    """The command that runs `words` in the image, with mounts as (directory, place, "ro" or "rw")."""
    return ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "sh", "-c", RUNTIME, "sh", ROOT, user,
            *[word for mount in mounts for word in mount], "--", *words]


def variables(more):
    """The image's, and more."""
    return dict(variable.split("=", 1) for variable in CONFIGURATION["Env"]) | more | {"PATH": os.environ["PATH"]}


containers = []


class Container:
    """Of the image, with mounts, variables beside those of the image, and a user if not its own."""

    def __init__(self, directory, arguments, mounts, environment, user=CONFIGURATION["User"]):
        self.audits, self.log = directory / "audits", directory / "log"
        self.process = subprocess.Popen(
            contained([*CONFIGURATION["Entrypoint"], *arguments], mounts, user), env=variables(environment),
            stdout=open(self.audits, "wb"), stderr=open(self.log, "wb"))
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
        """The id of every line that is whole."""
        whole, _, _ = self.audits.read_bytes().rpartition(b"\n")
        return [json.loads(line)["id"] for line in whole.splitlines()]

    def errors(self):
        return self.log.read_text()[-2000:]


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
