"""The setup guide's calls, made with curl as it shows them, and the log lines it names."""

import json
import subprocess

import workbooks
from client import wait_until
from harness import SystemTest


def curl(url, *options):
    """(status, decoded body) of one call by the curl program."""
    done = subprocess.run(["curl", "-sS", "-m", "20", "-w", "\n%{http_code}", url, *options],
                          capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise AssertionError(f"curl {url}: {done.stderr}")
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


class Guide(SystemTest):
    studio_options = {"workbook": lambda path: workbooks.make_workbook(path, 5)}

    def setUp(self):
        self.cloud_url = self.studio.run["cloud_url"]
        self.local_url = self.studio.run["local_url"]
        self.key = ("-H", "X-API-Key: " + self.studio.run["local_api_key"])
        self.token = ("-H", "Authorization: Bearer " + self.studio.run["api_token"])

    def deliver(self, action, data, *options):
        body = {"action": action, "data": data, "timestamp": "2026-01-05T10:00:00Z",
                "source": "railway"}
        return curl(self.local_url + "/api/sync/from-railway", *self.key, *options,
                    "-H", "Content-Type: application/json", "-d", json.dumps(body))

    def test_db_test_answers_as_in_the_guide(self):
        status, body = curl(self.cloud_url + "/api/db-test")
        self.assertEqual(status, 200)
        self.assertIs(body["success"], True)
        self.assertEqual(body["message"], "Database connected successfully")
        self.assertRegex(body["timestamp"], r"^20\d\d-\d\d-\d\dT[\d:.]+Z$")
        self.assertRegex(body["database_version"], r"^PostgreSQL \d+")
        self.assertIs(body["production_table_exists"], True)
        self.assertEqual(body["database_name"], "animation-tracker-db")

    def test_sync_status_answers_as_in_the_guide(self):
        status, body = curl(self.cloud_url + "/api/sync/status")
        self.assertEqual(status, 200)
        self.assertIs(body["databaseEnabled"], True)
        self.assertIs(body["cloudSyncEnabled"], True)
        self.assertIn("environment", body)
        self.assertNotIn("pendingToWorkbook", body)  # for signed-in callers only
        status, body = curl(self.cloud_url + "/api/sync/status", *self.token)
        for key in ("local", "lastSyncAt", "pendingToWorkbook", "pendingToCloud",
                    "workbookOpenBy", "conflicts", "equalAsOf"):
            self.assertIn(key, body)
        self.assertEqual(body["local"], "connected")

    def test_health_of_both_servers_is_open_to_everybody(self):
        for url in (self.cloud_url, self.local_url):
            status, body = curl(url + "/api/health")
            self.assertEqual((status, body["status"]), (200, "ok"))
        self.assertIs(body["workbook"]["available"], True)
        self.assertGreaterEqual(body["workbook"]["rows"], 5)
        self.assertIsNone(body["workbook"]["openBy"])
        self.assertEqual(body["cloud"], "connected")

    def test_excel_data_needs_the_key_and_says_which_header(self):
        status, body = curl(self.local_url + "/api/sync/excel-data")
        self.assertEqual(status, 401)
        self.assertIn("X-API-Key", json.dumps(body))
        self.assertIn("API_SECRET", json.dumps(body))
        status, body = curl(self.local_url + "/api/sync/excel-data", "-H", "X-API-Key: wrong")
        self.assertEqual(status, 401)
        status, body = curl(self.local_url + "/api/sync/excel-data", *self.key)
        self.assertEqual(status, 200)
        self.assertIs(body["success"], True)
        self.assertEqual(body["count"], len(body["records"]))
        self.assertCountEqual([workbooks.cells(row) for row in body["records"]],
                              [workbooks.cells(row) for row in
                               workbooks.read(self.studio.workbook)])
        bearer = ("-H", "Authorization: Bearer " + self.studio.run["local_api_key"])
        self.assertEqual(curl(self.local_url + "/api/sync/excel-data", *bearer)[0], 200)

    def test_the_api_needs_a_token(self):
        status, body = curl(self.cloud_url + "/api/production-data")
        self.assertEqual(status, 401)
        self.assertIs(body["success"], False)
        self.assertTrue(body["error"]["code"] and body["error"]["message"])

    def test_a_visit_syncs_the_workbook_as_in_the_guide(self):
        status, body = curl(self.cloud_url + "/api/production-data/with-local-sync", *self.token)
        self.assertEqual(status, 200)
        self.assertIs(body["success"], True)
        self.assertIs(body["excelSync"]["success"], True)
        self.assertEqual(body["excelSync"]["records"], len(body["data"]))
        self.assertIn("durationMs", body["excelSync"])
        for line in ("📥 Found", "records in local Excel file",
                     "✅ Railway database updated from Excel file",
                     "📤 Railway app requesting Excel data export...",
                     "✅ Excel data exported to Railway:"):
            self.studio.wait_for_log(line)

    def test_from_railway_creates_updates_and_deletes_by_curl_alone(self):
        row = dict(zip(workbooks.FIELDS, workbooks.sample_row(31)))
        status, body = self.deliver("create", row)
        self.assertEqual((status, body["success"]), (200, True), body)
        self.assertIn("durationMs", body)
        # The row is on disk when the answer comes: no waiting here.
        self.assertIsNotNone(workbooks.row_of(self.studio.workbook, row["shot"]))
        entry = workbooks.wait_in_api(self.studio, row["shot"], **row)
        status, _ = self.deliver("update", {**row, "id": entry["id"], "status": "Approved",
                                            "notes": "by curl"})
        self.assertEqual(status, 200)
        on_disk = workbooks.row_of(self.studio.workbook, row["shot"])
        self.assertEqual((on_disk["status"], on_disk["notes"]), ("Approved", "by curl"))
        workbooks.wait_in_api(self.studio, row["shot"], status="Approved", notes="by curl")
        status, _ = self.deliver("delete", {"id": entry["id"]})
        self.assertEqual(status, 200)
        self.assertIsNone(workbooks.row_of(self.studio.workbook, row["shot"]))
        workbooks.wait_not_in_api(self.studio, row["shot"])
        for action in ("create", "update", "delete"):
            self.studio.wait_for_log(f"🔄 Starting real-time bidirectional sync for {action}...")
        self.studio.wait_for_log("✅ Local server notified of Railway entry")
        self.studio.wait_for_log("⚡ Real-time bidirectional sync completed in ")

    def test_a_delivery_that_is_repeated_changes_nothing(self):
        row = dict(zip(workbooks.FIELDS, workbooks.sample_row(32)))
        self.deliver("create", row)
        workbooks.wait_in_api(self.studio, row["shot"])
        workbooks.wait_equal(self.studio)
        count = len(self.studio.cloud.entries())
        for _ in range(3):
            self.assertEqual(self.deliver("create", row)[0], 200)
        self.deliver("create", {**row, "notes": "same shot, told anew"})
        workbooks.wait_in_api(self.studio, row["shot"], notes="same shot, told anew")
        for _ in range(2):  # the first command again: its answer was stored, nothing returns
            self.assertEqual(self.deliver("create", row)[0], 200)
        self.deliver("delete", {"id": 987654})
        workbooks.wait_equal(self.studio)
        self.assertEqual(len(self.studio.cloud.entries()), count)
        self.assertEqual(workbooks.row_of(self.studio.workbook, row["shot"])["notes"],
                         "same shot, told anew")

    def test_a_bad_delivery_is_refused_with_the_field_named(self):
        row = dict(zip(workbooks.FIELDS, workbooks.sample_row(33)))
        status, body = self.deliver("create", {**row, "scene": "x" * 51})
        self.assertEqual(status // 100, 4, body)
        self.assertIn("scene", json.dumps(body))
        status, body = self.deliver("paint", row)
        self.assertEqual(status // 100, 4, body)
        status, body = curl(self.local_url + "/api/sync/from-railway", *self.key,
                            "-H", "Content-Type: application/json", "-d", "{not json")
        self.assertEqual(status, 400, body)
        workbooks.wait_equal(self.studio)

    def test_a_web_entry_is_announced_in_both_logs(self):
        made = self.studio.cloud.create(**dict(zip(workbooks.FIELDS, workbooks.sample_row(34))))
        workbooks.wait_in_workbook(self.studio, made["shot"])
        for line in ("🚀 CRITICAL: Notifying local server of Railway database change...",
                     "✅ Local server notified of new Railway entry",
                     "✅ Local server notified of Railway entry"):
            self.studio.wait_for_log(line)

    def test_both_tables_have_the_columns_of_the_guide(self):
        columns = self.studio.psql(
            "SELECT column_name, data_type, character_maximum_length, is_nullable "
            "FROM information_schema.columns WHERE table_name = 'production_summary'")
        for line in ("id|integer||NO", "animator|character varying|100|NO",
                     "project_type|character varying|20|NO",
                     "episode_title|character varying|200|NO", "scene|character varying|50|NO",
                     "shot|character varying|50|NO", "week_yyyymmdd|character varying|8|NO",
                     "status|character varying|20|NO", "notes|text||YES",
                     "created_at|timestamp without time zone||YES",
                     "updated_at|timestamp without time zone||YES"):
            self.assertIn(line, columns)
        columns = self.studio.psql(
            "SELECT column_name, data_type, character_maximum_length "
            "FROM information_schema.columns WHERE table_name = 'sync_log'")
        for line in ("id|integer|", "sync_type|character varying|50",
                     "action|character varying|20", "status|character varying|20",
                     "error_message|text|", "local_record_id|integer|",
                     "railway_record_id|integer|", "data_snapshot|jsonb|",
                     "created_at|timestamp without time zone|"):
            self.assertIn(line, columns)


class Secrets(SystemTest):
    def test_no_secret_stands_in_any_log(self):
        studio = self.own_studio(workbook=workbooks.make_workbook,
                                 environment={"LOG_LEVEL": "debug"})
        run = studio.run
        curl(run["local_url"] + "/api/sync/excel-data",
             "-H", "X-API-Key: " + run["local_api_key"])
        curl(run["local_url"] + "/api/sync/excel-data", "-H", "X-API-Key: planted-wrong-secret")
        curl(run["cloud_url"] + "/api/login", "-H", "Content-Type: application/json", "-d",
             json.dumps({"email": "a@example.org", "password": "planted-password-1"}))
        studio.cloud.get("/api/production-data/with-local-sync")
        studio.kill("local")
        studio.start_role("local")
        wait_until(lambda: studio.cloud.status()["local"] == "connected", "local again", 20)
        self.assertEqual(studio.stop(), 0)
        logs = studio.logs()
        for name in ("api_token", "local_api_key", "webhook_secret"):
            self.assertNotIn(run[name], logs, name)
        for planted in ("planted-wrong-secret", "planted-password-1"):
            self.assertNotIn(planted, logs)
