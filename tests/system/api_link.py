"""The cloud's end of the link, with a local server made of test code: messages, hints, webhook."""

import http.server
import json
import re
import threading
import unittest

from client import wait_until
from cloud_process import STUDIO_KEY, CloudProcess, CloudTest, Database, entry

CELLS = ("animator", "project_type", "episode_title", "scene", "shot", "week_yyyymmdd", "status",
         "notes")


class FakeStudio:
    """Speaks the link's messages over HTTP, with numbers kept as a journal would keep them."""

    def __init__(self, cloud, store):
        self.api, self.store, self.number, self.epoch = cloud.studio(), store, 0, 0

    def send(self, kind, **message):
        return self.api.call("POST", f"/api/sync/link/{kind}", {"store": self.store, **message})

    def hello(self, cursor=0, chain="", **more):
        answer = self.send("hello", **({"incarnation": 1, "last_n": self.number, "cursor": cursor,
                                        "chain": chain, "protocol": 1,
                                        "clock": "2026-01-05T09:00:00.000Z"} | more))
        self.epoch = answer["epoch"]
        return answer

    def push(self, ops, number=None, **more):
        if number is None:
            self.number += 1
            number = self.number
        return self.send("push", **({"incarnation": 1, "epoch": self.epoch, "n": number,
                                     "batch_id": f"save-{number}", "author": "Excel Ana",
                                     "based_on": 0, "ops": ops} | more))

    def pull(self, after=0, snapshot=False):
        return self.send("pull", after=after, snapshot=snapshot)

    def report(self, **more):
        return self.send("report", **({"workbookAvailable": True, "rows": 5, "openBy": None,
                                       "pendingToWorkbook": 0, "pendingToCloud": 0,
                                       "quarantined": [], "problem": None} | more))


    def insert(self, number, **fields):
        """A row typed in the sheet, under the name that the journal gives it."""
        return {"op": "insert", "uid": f"{self.store}:{number}", "cells": entry(**fields)}


class Link(CloudTest):
    def setUp(self):
        self.database.sql("truncate production_summary")
        self.studio = FakeStudio(self.cloud, "studio-" + self._testMethodName)
        # The store that held the lease in the test before is gone for good.
        self.database.sql("update link_lease set seen_at = now() - interval '1 hour'")
        self.assertEqual(self.studio.hello()["outcome"], "ok")

    def test_rows_typed_in_the_workbook_come_to_the_page(self):
        answer = self.studio.push([self.studio.insert(1, shot="X1"),
                                   self.studio.insert(2, shot="X2")])
        self.assertEqual((answer["outcome"], answer["applied_n"]), ("applied", 1))
        rows = self.api.entries()
        self.assertEqual([row["shot"] for row in rows], ["X1", "X2"])
        changes = self.studio.pull(0)["changes"]
        ours = [change for change in changes
                if change.get("uid", "").startswith(self.studio.store)]
        self.assertEqual({change["uid"]: change["entry_id"] for change in ours},
                         {f"{self.studio.store}:{number + 1}": row["id"]
                          for number, row in enumerate(rows)})
        self.assertEqual({change["origin"] for change in ours}, {"excel"})
        self.cloud.wait_for_log("✅ Railway database updated from Excel file")
        self.assertRegex(self.cloud.log(), r"📥 Found \d+ records in local Excel file")

    def test_a_push_again_is_known_and_changes_nothing(self):
        ops = [self.studio.insert(1, shot="ONCE")]
        self.studio.push(ops)
        self.assertEqual(self.studio.push(ops, number=1)["outcome"], "known")
        self.assertEqual(len(self.api.entries()), 1)
        other = [self.studio.insert(9)]
        self.assertEqual(self.studio.push(other, number=1)["outcome"], "mismatch")
        self.assertEqual(self.studio.push(other, number=7)["outcome"], "gap")
        old_lease = self.studio.push(other, number=2, epoch=self.studio.epoch - 1)
        self.assertEqual(old_lease["outcome"], "fenced")
        self.assertEqual(len(self.api.entries()), 1)

    def test_excel_wins_a_conflict_and_the_loser_can_be_put_back(self):
        row = self.api.create(**entry(shot="W1"))
        self.api.change(row["id"], status="from web")
        self.studio.push([{"op": "edit", "id": row["id"], "column": "status", "old": "wip",
                           "new": "from excel"}], based_on=row["version"])
        url = f"/api/production-data/{row['id']}"
        self.assertEqual(self.api.get(url)["data"]["status"], "from excel")
        conflict = next(one for one in self.api.conflicts() if one["entry_id"] == row["id"])
        self.assertEqual((conflict["field"], conflict["winning"], conflict["losing"]),
                         ("status", "from excel", "from web"))
        self.assertGreaterEqual(self.api.status()["conflicts"], 1)
        logged = self.api.get("/api/sync/log?limit=20")["data"]
        self.assertTrue(any(line["data_snapshot"] and "from web" in json.dumps(
            line["data_snapshot"]) for line in logged))
        back = self.api.call("POST", f"/api/conflicts/{conflict['id']}/restore", {})
        self.assertEqual(back["data"]["status"], "from web")
        self.assertEqual(self.api.get(url)["data"]["status"], "from web")
        self.assertNotIn(conflict["id"], [one["id"] for one in self.api.conflicts()])

    def test_the_log_says_what_came_from_the_workbook(self):
        def newest():
            return self.api.get("/api/sync/log?limit=1")["data"][0]["data_snapshot"]
        self.studio.push([self.studio.insert(1, episode_title="Ep", scene="1", shot="L1")])
        row = self.api.entry(shot="L1")
        self.assertEqual(newest()["changes"], [{"op": "insert", "name": "Ep · 1 · L1"}])
        edit = {"op": "edit", "id": row["id"], "column": "status", "old": "wip", "new": "done"}
        self.studio.push([edit, {**edit, "column": "notes", "old": "", "new": "x" * 300}])
        self.assertEqual(newest()["changes"], [
            {"op": "edit", "name": "Ep · 1 · L1", "field": "status", "value": "done"},
            {"op": "edit", "name": "Ep · 1 · L1", "field": "notes", "value": "x" * 80 + "…"}])
        self.assertEqual(newest()["more"], 0)
        self.studio.push([self.studio.insert(10 + i, shot=f"M{i}") for i in range(9)])
        self.assertEqual((len(newest()["changes"]), newest()["more"]), (5, 4))

    def test_equal_as_of_the_last_look_not_of_the_last_change(self):
        self.studio.push([self.studio.insert(1, shot="E1")])
        self.studio.send("applied", seq=self.api.status()["version"], generation=1)
        self.studio.report()
        self.database.sql("update local_store set pushed_at = '2026-01-05 10:32+00', acked_at = null")
        self.database.sql("update link_lease set seen_at = now()")
        status = self.api.status()
        self.assertTrue(status["lastSyncAt"].startswith("2026-01-05T10:32"), status)
        self.assertLess(status["lastSyncAt"], status["equalAsOf"])
        self.assertRegex(status["equalAsOf"], r":00(\.000)?Z$")  # news once a minute, not more often

    def test_the_status_tells_what_the_studio_reports(self):
        self.studio.report(openBy="Anna", pendingToCloud=2,
                           quarantined=[{"where": "Sheet1!C7", "reason": "too long"}])
        status = self.api.status()
        self.assertEqual((status["local"], status["workbookOpenBy"], status["pendingToCloud"]),
                         ("connected", "Anna", 2))
        self.assertEqual(status["waiting"], [{"where": "Sheet1!C7", "reason": "too long"}])
        row = self.api.create(**entry(shot="PENDING"))
        self.assertGreaterEqual(self.api.status()["pendingToWorkbook"], 1)
        self.studio.send("applied", seq=row["version"], generation=3)
        status = self.api.status()
        self.assertEqual((status["pendingToWorkbook"], status["appliedSeq"]), (0, row["version"]))

    def test_a_snapshot_is_the_whole_table(self):
        rows = [self.api.create(**entry(shot=f"S{i}")) for i in range(3)]
        answer = self.studio.pull(0, snapshot=True)
        self.assertEqual([row["id"] for row in answer["rows"]], [row["id"] for row in rows])
        self.assertGreaterEqual(answer["head"], rows[-1]["version"])

    def test_messages_that_can_not_be_read_change_nothing(self):
        for kind in ("hello", "pull", "push", "applied", "observed", "report"):
            status, _, body = self.cloud.studio().request("POST", f"/api/sync/link/{kind}", [1])
            self.assertEqual(status // 100, 4, body)
            self.assertIs(body["success"], False)

    def test_a_large_delete_waits_for_a_producer(self):
        ids = [self.api.create(**entry(shot=f"M{i}"))["id"] for i in range(20)]
        status, _, body = self.api.request("DELETE", "/api/production-data", {"ids": ids})
        self.assertEqual(status, 202)
        self.assertTrue(body["held"])
        self.assertEqual(len(self.api.entries()), 20)
        held = self.api.get("/api/held")["data"]
        self.assertEqual((held[-1]["id"], held[-1]["rows"]), (body["held"], 20))
        self.api.call("POST", f"/api/held/{body['held']}/reject", {})
        self.assertEqual(len(self.api.entries()), 20)
        body = self.api.call("DELETE", "/api/production-data", {"ids": ids})
        self.api.call("POST", f"/api/held/{body['held']}/approve", {})
        self.assertEqual(self.api.entries(), [])


class Tunnel(http.server.BaseHTTPRequestHandler):
    """What the cloud sees at LOCAL_SERVER_URL: the routes of the local role that it calls."""

    def answer(self, status, text, content_type="application/json"):
        payload = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), json.loads(body)))
        self.answer(200, '{"success":true,"durationMs":1}')

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers), None))
        self.answer(*self.server.excel_data())

    def log_message(self, *_):
        pass


class Webhook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.tunnel = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
        cls.addClassCleanup(cls.tunnel.server_close)
        cls.addClassCleanup(cls.tunnel.shutdown)
        threading.Thread(target=cls.tunnel.serve_forever, daemon=True).start()
        cls.cloud = CloudProcess(
            cls.database, LOCAL_SERVER_URL=f"http://127.0.0.1:{cls.tunnel.server_port}")
        cls.addClassCleanup(cls.cloud.close)
        cls.api = cls.cloud.caller("producer")
        cls.studio = FakeStudio(cls.cloud, "webhook-studio")
        cls.studio.hello()

    def setUp(self):
        self.tunnel.seen = []
        self.tunnel.excel_data = lambda: (200, '{"success":true,"count":0,"records":[]}')

    def knocks(self):
        return [seen for seen in self.tunnel.seen if seen[0] == "/api/sync/from-railway"]

    def test_a_new_entry_knocks_at_the_local_server(self):
        row = self.api.create(**entry(shot="KNOCK"))
        wait_until(self.knocks, "a POST to from-railway")
        path, headers, body = self.knocks()[0]
        headers = {name.lower(): value for name, value in headers.items()}
        self.assertEqual((body["action"], body["source"]), ("create", "railway"))
        self.assertEqual((body["data"]["id"], body["data"]["version"], body["data"]["shot"]),
                         (row["id"], row["version"], "KNOCK"))
        self.assertEqual(headers["x-api-key"], STUDIO_KEY)
        self.assertEqual(headers["ngrok-skip-browser-warning"], "true")
        self.assertRegex(headers["webhook-signature"], r"^v1,")
        self.cloud.wait_for_log(
            "🚀 CRITICAL: Notifying local server of Railway database change...")
        self.cloud.wait_for_log("✅ Local server notified of new Railway entry")

    def test_with_local_sync_waits_for_what_the_workbook_brings(self):
        def excel_data():
            self.studio.push([self.studio.insert(self.studio.number + 1, shot="FROM EXCEL")])
            return 200, json.dumps({"success": True, "count": 5, "records": [],
                                    "sync": {"store": self.studio.store, "incarnation": 1,
                                             "n": self.studio.number, "cursor": 0}})
        self.tunnel.excel_data = excel_data
        answer = self.api.get("/api/production-data/with-local-sync")
        self.assertEqual((answer["excelSync"]["success"], answer["excelSync"]["records"]),
                         (True, 5))
        self.assertIsInstance(answer["excelSync"]["durationMs"], int)
        self.assertIn("FROM EXCEL", [row["shot"] for row in answer["data"]])
        self.cloud.wait_for_log("📥 Found 5 records in local Excel file")

    def test_failures_of_the_tunnel_are_sentences(self):
        cases = [(503, '{"success":false,"error":"Excel file not available","detail":"no file"}',
                  "application/json", "no file"),
                 (200, "<html>ngrok</html>", "text/html", "HTML"),
                 (401, '{"success":false,"error":{"code":"unauthorized","message":"key"}}',
                  "application/json", "key")]
        for status, text, content_type, expected in cases:
            with self.subTest(text):
                self.tunnel.excel_data = lambda one=(status, text, content_type): one
                sync = self.api.get("/api/production-data/with-local-sync")["excelSync"]
                self.assertEqual((sync["success"], sync["error"]),
                                 (False, "Excel file not available"))
                self.assertTrue(re.search(expected, sync["detail"], re.I), sync)


if __name__ == "__main__":
    unittest.main()
