"""Certificates, ports, and programs that listen."""
import contextlib
import pathlib
import socket
import subprocess
import time

PATIENCE = 240


def demand(condition, message):
    if not condition:
        raise SystemExit(f"snippets: {message}")


def eventually(look, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise SystemExit(f"snippets: {what() if callable(what) else what} did not come within {PATIENCE} s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Certificates:
    """An authority, a server for this machine, and a client with the name that the snippets permit."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority",
                 "-keyout", "ca.key", "-out", "ca.pem")
        self.issue("server", "localhost", "DNS:localhost,IP:127.0.0.1")
        self.issue("client", "forwarder.example", "DNS:forwarder.example")

    def issue(self, name, subject, alternatives):
        (self.directory / f"{name}.extensions").write_text(f"subjectAltName={alternatives}\n")
        self.run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={subject}", "-keyout", f"{name}.key", "-out", f"{name}.request")
        self.run("x509", "-req", "-days", "2", "-in", f"{name}.request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                 "-extfile", f"{name}.extensions", "-out", f"{name}.pem")

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)


@contextlib.contextmanager
def running(command, log, ports=(), prefix=()):
    """A program that listens on these ports when the block begins, and has ended when it ends."""
    with open(log, "wb") as output:
        process = subprocess.Popen([*prefix, *map(str, command)], stdout=output, stderr=output)
    try:
        for port in ports:
            eventually(lambda: listens(port) or process.poll() is not None, lambda: f"{command[0]} on port {port}")
            demand(process.poll() is None, f"{command[0]} ended: {pathlib.Path(log).read_text()[-3000:]}")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
