"""The image's health check, with a run that is well, that stands still, that is not there, and with answers that a run may give."""
import contextlib
import http.server
import json
import os
import signal
import subprocess
import threading

from runtime import CONFIGURATION, HEALTH, PATIENCE, contained, demand, eventually, variables

# Where the configuration of the image has it.
ADDRESS = ("127.0.0.1", 9477)
# The statuses of `auditferry health`. For an engine everything but 0 is ill.
WELL, ILL, UNREACHABLE = 0, 1, 69


def health(words=None):
    """Runs it as the image says, or other words. Returns its status, and what it says."""
    ending = subprocess.run(contained(words or HEALTH["Test"][1:], [], CONFIGURATION["User"]), env=variables({}),
                            capture_output=True, text=True, timeout=PATIENCE)
    return ending.returncode, ending.stdout + ending.stderr


def is_well():
    return health() == (WELL, "healthy\n")


def check_health_of(container):
    """Needs the port."""
    eventually(is_well, "a satisfied health check")
    os.kill(container.identifier, signal.SIGSTOP)
    status, text = health()
    demand(status == UNREACHABLE and "nothing came in time" in text, f"of a program that stands still it says {status}, {text}")
    os.kill(container.identifier, signal.SIGCONT)
    eventually(is_well, "a satisfied health check, again,")


def check_health_of_answers():
    """Needs the port to be free."""
    demand(HEALTH["Test"][0] == "CMD", "the health check wants a shell")
    # Docker's and Podman's bounds, in nanoseconds: the command ends by itself before it is killed.
    demand(HEALTH["Timeout"] >= 6e9, "the health check is killed before it can say why")
    refusal = {"subject": "output siem", "reason": "it refuses: busy", "lasts_seconds": 9.5, "kind": "not_ready"}
    standstill = {"subject": "offsets", "reason": "a commit does not end", "lasts_seconds": 60, "kind": "standstill"}
    for code, body, expected in (
            (200, answer(), (WELL, "healthy\n")),
            (200, answer(refusal), (WELL, "healthy\noutput siem: it refuses: busy\n")),
            (503, answer(refusal, standstill),
             (ILL, "unhealthy\noutput siem: it refuses: busy\noffsets: a commit does not end\n"))):
        with answering(code, body):
            demand(health() == expected, f"of {code} with {body} it says {health()}")
    for code, body in ((200, "ok"), (302, answer()), (404, answer()), (500, answer())):
        with answering(code, body):
            status, text = health()
            demand(status == ILL and "not as a run does" in text, f"of {code} with {body} it says {status}, {text}")
    status, _ = health(["/usr/bin/auditferry", "health", "--config", "/etc/passwd"])
    demand(status == 78, f"of a file that is no configuration it says {status}")


def answer(*problems):
    """What /healthz answers."""
    return json.dumps({"healthy": all(problem["kind"] != "standstill" for problem in problems), "ready": not problems,
                       "problems": problems})


@contextlib.contextmanager
def answering(status, body):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            found = self.path == "/healthz"
            self.send_response(status if found else 400)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(ADDRESS, Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
