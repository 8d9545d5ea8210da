"""A web server on this machine that the tests of downloads talk to, and its pages."""

import contextlib
import hashlib
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLAY = random.Random(1).randbytes(150_000).hex().encode("ascii")  # 300,000 bytes
HEAD_SIZE = 1_000_000
RAW = (  # all texts of the small encyclopedia in conftest
    "Moon\n\nIt has 2 faces.\n\n"
    'Tide\n\nSailors call it\n"the flood" (twice a day).\n\nThe [[Moon]].\n\n'
    "Mars\n\nRed.\n\nWave\n\nA [[tide]]s' kin.\n\nBlack hole\n\nDark."
)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def files_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


class Server:
    """A server whose pages are functions, with a list of the requests it had."""

    def __init__(self):
        self.pages, self.requests = {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append(self.path)
                outer.pages[self.path](self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.01,)).start()

    def add(self, path, page):
        self.pages[path] = page
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def stop(self):
        self.http.shutdown()
        self.http.socket.close()  # not server_close: it would wait for hung pages


def good(content, **headers):
    """A page that sends the content."""
    return cut(content, len(content), **headers)


def cut(content, size, **headers):
    """A page that promises all of the content and hangs up after some of it."""

    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content[:size])

    return page


def hanging(content, size, half_sent, may_end):
    """A page that stops for as long as the test likes after some of the content."""

    def page(handler):
        cut(content, size)(handler)
        handler.wfile.flush()
        half_sent.set()
        may_end.wait(20)

    return page


def failing(status):
    return lambda handler: handler.send_error(status)


def redirecting(location):
    def page(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.end_headers()

    return page


def pouring(sent, chunk=bytes(2**16), location=None, wait=0):
    """A page that sends chunks until nobody listens, 2,000 of them at most.

    Args:
        sent: A list that every chunk's size is put in.
        chunk: What to send.
        location: Where to redirect to; `None` is a page of its own.
        wait: Seconds between chunks.
    """

    def page(handler):
        handler.send_response(302 if location else 200)
        if location:
            handler.send_header("Location", location)
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(2_000):
                handler.wfile.write(chunk)
                sent.append(len(chunk))
                time.sleep(wait)

    return page
