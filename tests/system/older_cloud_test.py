"""A studio whose cloud is older than pictures and files of no shot: everything else goes on."""

import http.client
import http.server
import threading

import workbooks
from client import wait_until
from harness import SystemTest
from media_test import movie
from workbooks import Edit, wait_in_api, wait_in_workbook

YOUNGER = ("offer", "picture", "files", "pins", "plans")


class OlderCloud(http.server.ThreadingHTTPServer):
    """Passes on what an older cloud knows; counts what it does not."""

    daemon_threads = True

    def __init__(self, cloud_port):
        super().__init__(("127.0.0.1", 0), Passing)
        self.cloud_port = cloud_port
        self.unknown = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.path.rpartition("/")[2]
        if kind in YOUNGER:
            self.server.unknown.append(kind)
            return self.answer(404, b'{"success":false,"error":"there is no such route"}')
        cloud = http.client.HTTPConnection("127.0.0.1", self.server.cloud_port, timeout=60)
        try:
            cloud.request(self.command, self.path, body, dict(self.headers))
            answer = cloud.getresponse()
            self.answer(answer.status, answer.read())
        except OSError:
            self.close_connection = True
        finally:
            cloud.close()

    do_GET = do_POST

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class AnOlderCloud(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook, "environment": {
        "LINK_MODE": "webhook", "LOCAL_SERVER_URL": "http://127.0.0.1:{local_port}"}}

    def test_durations_and_edits_go_on_without_pictures(self):
        studio = self.studio
        older = OlderCloud(studio.port)
        with studio.demo_asleep():
            studio.stop_role("local")
            settings = studio.data / "local.env"
            text = settings.read_text()
            settings.write_text(text.replace(f":{studio.port}", f":{older.server_port}"))
            movie(studio.media, 1, 1, 24)
            movie(studio.media / "inbox", 90, 1, 12)  # of no shot
            studio.start_role("local")

            def shown(shot):
                return (studio.cloud.entry(shot=shot) or {}).get("media") or {}
            wait_until(lambda: shown("SH0010").get("frames") == 24, "a measurement", 60, 0.05)
            wait_until(lambda: "offer" in older.unknown and {"files", "pins"} & set(older.unknown),
                       "questions that it does not know", 60, 0.05)
            entry = studio.cloud.entry(shot="SH0020")
            studio.cloud.change(entry["id"], notes="through an older cloud")
            wait_in_workbook(studio, "SH0020", notes="through an older cloud")
            Edit(studio.workbook).set("SH0030", status="Approved").save()
            wait_in_api(studio, "SH0030", status="Approved")
            movie(studio.media, 1, 2, 30)
            wait_until(lambda: shown("SH0010").get("frames") == 30, "the next version", 60, 0.05)
            self.assertIsNone(shown("SH0010")["thumbnail"])
            # Once an hour, and with each new picture: nobody asks again and again.
            self.assertLess(len(older.unknown), 10, older.unknown)
        older.shutdown()
        older.server_close()
