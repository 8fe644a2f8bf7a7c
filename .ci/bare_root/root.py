"""A root of Debian 12 with nothing in it but what debootstrap's smallest variant installs. Gone with the mount namespace."""
import hashlib
import os
import pathlib
import shutil
import stat
import subprocess

RELEASE = "bookworm"
# What apt and dpkg know and keep of their own doings, and what other packages make of all that is installed.
BOOKKEEPING = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/", "/var/log/apt/", "/var/log/dpkg.log",
               "/var/log/alternatives.log", "/etc/ld.so.cache", "/proc/", "/dev/", "/tmp/", "/run/")


class Root:
    def __init__(self, directory, archive):
        """Mounts a root in memory at `directory`, from `archive`, which is made where it is missing."""
        self.path = pathlib.Path(directory)
        self.path.mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(self.path))
        if archive.exists():
            run("tar", "--extract", "--numeric-owner", f"--file={archive}", f"--directory={self.path}")
        else:
            run("debootstrap", "--variant=minbase", RELEASE, str(self.path), mirror(), quiet=True)
            unfinished = archive.with_suffix(".unfinished")
            run("tar", "--create", "--numeric-owner", f"--file={unfinished}", f"--directory={self.path}", ".")
            unfinished.rename(archive)
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")
        run("mount", "-t", "proc", "proc", str(self.path / "proc"))
        self.make_devices()
        # Packages start nothing by themselves here; what this one asks of the manager is looked at.
        self.write("usr/sbin/policy-rc.d", '#!/bin/sh\ncase $1 in auditferry*) exit 104 ;; *) exit 101 ;; esac\n', mode=0o755)

    def make_devices(self):
        """A /dev of its own, in which rsyslog's socket is not this machine's."""
        devices = self.path / "dev"
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(devices))
        for name in ("null", "zero", "full", "random", "urandom", "tty"):
            (devices / name).touch()
            run("mount", "--bind", f"/dev/{name}", str(devices / name))
        for name, place in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
            (devices / name).symlink_to(f"/proc/self/fd{place}")
        (devices / "shm").mkdir(mode=0o1777)

    def write(self, path, text, mode=0o644):
        file = self.path / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def read(self, path):
        return self.bytes(path).decode()

    def bytes(self, path):
        """What is in a file; nothing where there is none."""
        file = self.path / path.lstrip("/")
        return file.read_bytes() if file.exists() else b""

    def remove(self, path):
        """Removes a file, or a directory that is empty."""
        entry = self.path / path.lstrip("/")
        if entry.is_dir():
            entry.rmdir()
        else:
            entry.unlink()

    def exists(self, path):
        return os.path.lexists(self.path / path.lstrip("/"))

    def command(self, *words):
        """The words that run a command inside, as root."""
        return ["chroot", str(self.path), "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", *words]

    def run(self, *words, quiet=False):
        return run(*self.command(*words), quiet=quiet)

    def apt(self, *words):
        self.run("DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--no-install-recommends",
                 "-o", "Dpkg::Options::=--force-unsafe-io", *words, quiet=True)

    def named(self, word):
        """Every path whose name has the word in it, in the bookkeeping too, less what the test itself has put down."""
        found = run("find", str(self.path), "-xdev", "-name", f"*{word}*", quiet=True).stdout.splitlines()
        paths = sorted(path.removeprefix(str(self.path)) for path in found)
        return [path for path in paths if not path.startswith(("/tmp/", "/run/"))]

    def contents(self):
        """Every path with its kind, mode, owner and what is in it, less the bookkeeping."""
        found = {}
        for directory, names, files in os.walk(self.path):
            below = "/" + os.path.relpath(directory, self.path).removeprefix(".")
            names[:] = [name for name in names if not f"{below.rstrip('/')}/{name}/".startswith(BOOKKEEPING)]
            for name in names + files:
                path = f"{below.rstrip('/')}/{name}"
                if not path.startswith(BOOKKEEPING):
                    found[path] = describe(os.path.join(directory, name))
        return found


def describe(path):
    status = os.lstat(path)
    inside = ""
    if stat.S_ISLNK(status.st_mode):
        inside = os.readlink(path)
    elif stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            inside = hashlib.file_digest(file, "sha256").hexdigest()
    return (oct(status.st_mode), status.st_uid, status.st_gid, inside)


def mirror():
    """Where this machine's apt has Debian 12 from."""
    wanted = ("apt-get", "indextargets", "--format", "$(REPO_URI)",
              "Created-By: Packages", "Origin: Debian", f"Codename: {RELEASE}", "Component: main")
    if not run(*wanted, quiet=True).stdout:
        run("apt-get", "update", quiet=True)
    found = run(*wanted, quiet=True).stdout.split()
    if not found:
        raise SystemExit(f"apt has no source of Debian's {RELEASE}")
    return found[0]


def run(*words, quiet=False):
    """Runs a command that has to succeed. Quietly: what it prints is kept, and shown only when it fails."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=quiet, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout or ''}{done.stderr or ''}")
    return done
