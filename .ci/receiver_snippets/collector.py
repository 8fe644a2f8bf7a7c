"""A collector that reads to the end of every connection and closes it then, as `acknowledgement: close` demands."""
import contextlib
import socketserver
import ssl
import threading


@contextlib.contextmanager
def collector(certificates=None):
    """Gives the port and a list that gets what each connection brought, whole. With certificates over TLS."""
    streams = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            try:
                streams.append(self.rfile.read())
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def get_request(self):
            connection, address = super().get_request()
            if certificates:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificates.directory / "server.pem", certificates.directory / "server.key")
                connection = context.wrap_socket(connection, server_side=True)
            return connection, address

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], streams
        server.shutdown()
