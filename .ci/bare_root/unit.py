"""A stand-in for the service manager, where systemd is not the first process: runs the main process of an installed unit as the
unit says. What it does of it: the command line, a user of its own without any capability, the directories, the credential, the
umask, the environment, and the notifications with the watchdog. The filters and name spaces of the unit are systemd's own."""
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

# One of the numbers that systemd gives to users who exist while a service runs.
USER = 61300
UNIT_DIRECTORY = "/lib/systemd/system"


def read_unit(text):
    """The settings of the section Service: each name with all of its values."""
    settings, section = {}, None
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Service]" and line and line[0] not in "#;":
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


class Service:
    def __init__(self, root, name):
        self.root, self.name = root, name
        self.settings = read_unit(root.read(f"{UNIT_DIRECTORY}/{name}.service"))
        for setting, value in (("Type", "notify"), ("NotifyAccess", "main"), ("DynamicUser", "yes")):
            if self.settings.get(setting) != [value]:
                raise SystemExit(f"{name}: {setting} is not {value}, and this stand-in knows nothing else")
        self.messages, self.arrival = [], threading.Condition()

    def setting(self, name):
        (value,) = self.settings[name]
        return value

    def start(self, log):
        """Starts the main process, whose stderr goes to the file `log`."""
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8",
                       "HOME": "/", "USER": self.name,
                       "NOTIFY_SOCKET": self.notifications(), "CREDENTIALS_DIRECTORY": self.credentials(),
                       "WATCHDOG_USEC": str(int(self.setting("WatchdogSec").removesuffix("s")) * 1_000_000),
                       "STATE_DIRECTORY": self.directory("/var/lib", "StateDirectory"),
                       "LOGS_DIRECTORY": self.directory("/var/log", "LogsDirectory")}
        user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs", "--bounding-set=-all",
                "--inh-caps=-all"]
        # One process becomes the other, so that its identifier stays: the name space in which the service sees its directories,
        # the root, the user, and then the command line of the unit.
        script = f'''set -eu
            umask {self.setting("UMask")}
            {self.visible("/var/lib", environment["STATE_DIRECTORY"])}
            {self.visible("/var/log", environment["LOGS_DIRECTORY"])}
            export WATCHDOG_PID=$$
            exec chroot {self.root.path} {" ".join(user)} {self.setting("ExecStart")}'''
        with open(log, "ab") as file:
            self.process = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", script],
                                            env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

    def wait_message(self, wanted, seconds):
        """Waits until the main process has said it since it was started."""
        deadline = time.monotonic() + seconds
        with self.arrival:
            while wanted not in self.messages:
                if self.process.poll() is not None:
                    raise SystemExit(f"{self.name} ended with {self.process.returncode} before it said {wanted}")
                if time.monotonic() > deadline:
                    raise SystemExit(f"{self.name} did not say {wanted} within {seconds} s, but {self.messages}")
                self.arrival.wait(0.2)

    def stop(self):
        """As `systemctl stop`: it has to end by itself, with 0, within the unit's time, and say that it does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(int(self.setting("TimeoutStopSec").removesuffix("s")))
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit(f"{self.name} did not stop within {self.setting('TimeoutStopSec')}")
        if status != 0:
            raise SystemExit(f"{self.name} ended with {status}")
        with self.arrival:
            self.arrival.wait_for(lambda: "STOPPING=1" in self.messages, 10)
            if "STOPPING=1" not in self.messages:
                raise SystemExit(f"{self.name} did not say that it stops")
            self.messages.clear()

    def directory(self, parent, setting):
        """A directory as a dynamic user has it: below `private`, which root alone may look into, and a link to it."""
        name = self.setting(setting)
        private = self.root.path / parent.lstrip("/") / "private"
        private.mkdir(mode=0o700, exist_ok=True)
        own = private / name
        own.mkdir(exist_ok=True)
        own.chmod(int(self.setting(f"{setting}Mode"), 8))
        os.chown(own, USER, USER)
        link = private.parent / name
        if not link.is_symlink():
            link.symlink_to(f"private/{name}")
        return f"{parent}/private/{name}"

    def visible(self, parent, directory):
        """Shell that makes one directory below `private` reachable for the service, and no other."""
        private, own, aside = f"{self.root.path}{parent}/private", f"{self.root.path}{directory}", f"{self.root.path}/mnt"
        return f'''mount --bind {own} {aside}
            mount -t tmpfs -o mode=755 tmpfs {private}
            mkdir {own}
            mount --move {aside} {own}'''

    def credentials(self):
        inside = f"/run/credentials/{self.name}.service"
        directory = pathlib.Path(f"{self.root.path}{inside}")
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for credential in self.settings["LoadCredential"]:
            name, source = credential.split(":", 1)
            (directory / name).write_text(self.root.read(source))
            (directory / name).chmod(0o400)
            os.chown(directory / name, USER, USER)
        directory.chmod(0o500)
        os.chown(directory, USER, USER)
        return inside

    def notifications(self):
        """Listens where the service reports, and keeps what its main process says."""
        inside = "/run/systemd/notify"
        path = pathlib.Path(f"{self.root.path}{inside}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        listener.bind(str(path))
        path.chmod(0o777)
        threading.Thread(target=self.listen, args=(listener,), daemon=True).start()
        return inside

    def listen(self, listener):
        while True:
            text, ancillary, _, _ = listener.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize("3i")))
            sender = struct.unpack("3i", ancillary[0][2][:12])[0]
            with self.arrival:
                # NotifyAccess=main.
                if sender == self.process.pid:
                    self.messages += text.decode().splitlines()
                    self.arrival.notify_all()
