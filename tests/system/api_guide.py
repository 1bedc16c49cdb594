"""The guide's own curl calls against the cloud, with the answers it promises, word for word."""

import re
import unittest

from client import wait_until
from cloud_process import CloudProcess, CloudTest, Database


class Guide(CloudTest):
    variables = {"NODE_ENV": "production", "PUBLIC_DIAGNOSTICS": None}

    def test_db_test_answers_as_the_guide_prints_it(self):
        answer = self.cloud.open.get("/api/db-test")
        self.assertEqual(list(answer), ["success", "message", "timestamp", "database_version",
                                        "production_table_exists", "database_name"])
        self.assertIs(answer["success"], True)
        self.assertEqual(answer["message"], "Database connected successfully")
        self.assertRegex(answer["timestamp"], r"^20\d\d-\d\d-\d\dT[\d:.]+Z$")
        self.assertRegex(answer["database_version"], r"^PostgreSQL 15\.")
        self.assertIs(answer["production_table_exists"], True)
        self.assertEqual(answer["database_name"], "animation-tracker-db")

    def test_sync_status_answers_exactly_the_three_keys_to_a_stranger(self):
        self.assertEqual(self.cloud.open.get("/api/sync/status"),
                         {"databaseEnabled": True, "cloudSyncEnabled": True,
                          "environment": "production"})

    def test_health_is_open(self):
        status, headers, body = self.cloud.open.request("GET", "/api/health")
        self.assertEqual((status, body["status"]), (200, "ok"))
        self.assertTrue(headers["X-Request-Id"])

    def test_both_tables_have_the_guides_columns(self):
        columns = self.database.sql(
            "select column_name || ' ' || data_type || ' ' ||"
            " coalesce(character_maximum_length::text, '') || ' ' || is_nullable"
            " from information_schema.columns where table_name = 'production_summary'"
            " order by ordinal_position")
        self.assertEqual(columns[:11], [
            "id integer  NO", "animator character varying 100 NO",
            "project_type character varying 20 NO", "episode_title character varying 200 NO",
            "scene character varying 50 NO", "shot character varying 50 NO",
            "week_yyyymmdd character varying 8 NO", "status character varying 20 NO",
            "notes text  YES", "created_at timestamp without time zone  YES",
            "updated_at timestamp without time zone  YES"])
        log = self.database.sql(
            "select column_name from information_schema.columns where table_name = 'sync_log'"
            " order by ordinal_position")
        self.assertEqual(log[:9], ["id", "sync_type", "action", "status", "error_message",
                                   "local_record_id", "railway_record_id", "data_snapshot",
                                   "created_at"])

    def test_with_local_sync_says_excel_file_not_available(self):
        answer = self.api.get("/api/production-data/with-local-sync?wait=300")
        self.assertIs(answer["success"], True)
        self.assertIsInstance(answer["data"], list)
        self.assertIs(answer["excelSync"]["success"], False)
        self.assertEqual(answer["excelSync"]["error"], "Excel file not available")
        self.assertTrue(answer["excelSync"]["detail"])


class Hidden(CloudTest):
    variables = {"PUBLIC_DIAGNOSTICS": "false", "ENABLE_CLOUD_SYNC": "false"}

    def test_diagnostics_can_be_hidden(self):
        answer = self.cloud.open.get("/api/db-test")
        self.assertIs(answer["success"], True)
        self.assertNotIn("database_version", answer)
        self.assertNotIn("database_name", answer)

    def test_a_switched_off_link_answers_503_and_the_page_works(self):
        status, _, body = self.cloud.studio().request("POST", "/api/sync/link/hello", {})
        self.assertEqual((status, body["error"]["code"]), (503, "sync_disabled"))
        self.assertIs(self.cloud.open.get("/api/sync/status")["cloudSyncEnabled"], False)
        self.assertIs(self.api.get("/api/production-data")["success"], True)


class WithoutDatabase(unittest.TestCase):
    def test_a_cloud_without_database_says_so_and_recovers_by_itself(self):
        database = Database()
        self.addCleanup(database.close)
        database.stop()
        cloud = CloudProcess(database, wait=False)
        self.addCleanup(cloud.close)
        wait_until(lambda: cloud.open.request("GET", "/api/health")[0] == 503,
                   "503 from a cloud whose database is away", 20)
        status, _, body = cloud.open.request("GET", "/api/db-test")
        self.assertEqual(status, 503)
        self.assertIs(body["success"], False)
        self.assertEqual(body["message"], "Database connection failed")
        self.assertTrue(body["error"])
        self.assertNotIn("postgresql://", str(body))
        database.start()
        wait_until(lambda: cloud.open.request("GET", "/api/health")[0] == 200,
                   "health after the database came back", 20)
        cloud.wait_for_log("cloud ready http://")
        self.assertIs(cloud.open.get("/api/db-test")["success"], True)
        self.assertEqual(cloud.stop(), 0)
        self.assertIsNone(re.search(r"Traceback|AddressSanitizer|runtime error", cloud.log()))


if __name__ == "__main__":
    unittest.main()
