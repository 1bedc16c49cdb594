"""Calling the program over HTTP as page, script and guide do; and waiting for what should come.

Waiting is polling with a deadline. Nothing here knows how the program works inside.
"""

import contextlib
import http.client
import json
import os
import socket
import threading
import time
import urllib.parse

SYNC_DEADLINE = 30.0  # seconds until a change must have reached the other side, on a busy machine


class Timeout(AssertionError):
    """A deadline passed; the text says what was waited for and what was seen last."""


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {str(body)[:400]}")
        self.status = status
        self.body = body


def timed(test, what, seconds, limit):
    """A time that is printed; it fails a test only where STRICT_TIMES says that nothing else runs."""
    print(f"  {what}: {seconds:.2f} s (aim: {limit} s)", flush=True)
    if os.environ.get("STRICT_TIMES"):
        test.assertLess(seconds, limit)


def wait_until(probe, what, deadline=SYNC_DEADLINE, every=0.02):
    """Calls probe() until it returns something true, and returns that."""
    end = time.monotonic() + deadline
    seen = None
    while True:
        try:
            seen = probe()
        except (OSError, ApiError, http.client.HTTPException) as error:
            seen = None
            last_error = error
        else:
            last_error = None
        if seen:
            return seen
        if time.monotonic() > end:
            raise Timeout(f"waited {deadline:g} s for: {what}"
                          + (f"; last error: {last_error!r}" if last_error else ""))
        time.sleep(every)


class Api:
    """JSON over HTTP with one secret; a connection for each call, as curl does."""

    def __init__(self, url, headers):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.headers = parts.hostname, parts.port, headers

    def request(self, method, path, body=None, headers=None, timeout=20.0):
        """(status, headers, decoded body) whatever the status is."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        all_headers = dict(self.headers)
        payload = None
        if body is not None:
            payload = body if isinstance(body, bytes) else json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        try:
            try:
                connection.request(method, path, payload, all_headers)
            except (BrokenPipeError, ConnectionResetError):
                if connection.sock is None:
                    raise  # the server was killed while we connected: there is no answer
                # Refused before all of it was sent: the answer is there.
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        try:
            decoded = json.loads(raw) if raw else None
        except ValueError:
            kind = answer.getheader("Content-Type", "")
            is_file = answer.getheader("Content-Disposition") or kind.startswith("image/")
            decoded = raw if is_file else raw.decode("utf-8", "replace")
        return answer.status, dict(answer.getheaders()), decoded

    def call(self, method, path, body=None, headers=None, timeout=20.0):
        """The decoded body of a 2xx answer; anything else is an ApiError."""
        status, _, decoded = self.request(method, path, body, headers, timeout)
        if not 200 <= status < 300:
            raise ApiError(status, decoded)
        return decoded

    def get(self, path, **more):
        return self.call("GET", path, **more)


class Cloud(Api):
    """The calls of the cloud's API that the tests speak of."""

    def entries(self, query=""):
        """All entries in the order of their ids, read page by page."""
        found, after = {}, None
        while True:
            path = "/api/production-data?limit=1000" + query
            if after is not None:
                path += f"&after={urllib.parse.quote(str(after))}"
            answer = self.get(path)
            found.update((entry["id"], entry) for entry in answer["data"])
            after = answer["next"]
            if after is None:
                return [found[key] for key in sorted(found)]

    def entry(self, **fields):
        """The one entry whose fields have these values, or None."""
        found = [entry for entry in self.entries()
                 if all(entry[name] == value for name, value in fields.items())]
        if len(found) > 1:
            raise AssertionError(f"{len(found)} entries are {fields}: {found}")
        return found[0] if found else None

    def create(self, **fields):
        return self.call("POST", "/api/production-data", fields)["data"]

    def change(self, entry_id, **fields):
        return self.call("PATCH", f"/api/production-data/{entry_id}", fields)["data"]

    def delete(self, entry_id):
        return self.call("DELETE", f"/api/production-data/{entry_id}")

    def status(self):
        return self.get("/api/sync/status")

    def conflicts(self):
        answer = self.get("/api/conflicts")
        return answer["data"] if isinstance(answer, dict) else answer


class Events:
    """Server-Sent Events of the cloud, gathered by a thread of their own."""

    def __init__(self, cloud, last_id=None):
        headers = dict(cloud.headers, Accept="text/event-stream")
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.connection = http.client.HTTPConnection(cloud.host, cloud.port, timeout=60)
        self.connection.request("GET", "/api/events", headers=headers)
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise ApiError(self.answer.status, self.answer.read())
        self.heard = 0  # events of every kind
        self.seen = []  # (id, data) of the changes; other kinds of events are left out
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        number, kind, data = None, "", []
        with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
            while line := self.answer.readline():
                text = line.decode().rstrip("\r\n")
                if text.startswith("id:"):
                    number = text[3:].strip()
                elif text.startswith("event:"):
                    kind = text[6:].strip()
                elif text.startswith("data:"):
                    data.append(text[5:].strip())
                elif not text and data:
                    self.heard += 1
                    if kind in ("", "message", "change"):
                        self.seen.append((number, "\n".join(data)))
                    kind, data = "", []

    def close(self):
        with contextlib.suppress(OSError):
            if self.connection.sock:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(5)
        self.connection.close()
