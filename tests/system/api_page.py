"""What the page asks besides entries: who is where, what the team shares, import and export."""

import io
import json
import unittest

import openpyxl
from cloud_process import CloudTest, entry


class Page(CloudTest):
    def test_what_the_team_shares_is_kept_and_bounded(self):
        views = [{"name": "mine", "search": "?q=wip"}]
        answer = self.api.call("PUT", "/api/shared/views", {"value": views})
        self.assertEqual(answer["data"]["views"], views)
        self.assertEqual(self.api.get("/api/shared")["data"]["views"], views)
        self.refused(404, self.api.request("PUT", "/api/shared/anything", {"value": 1}))
        self.refused(422, self.api.request("PUT", "/api/shared/views", {}), "value")
        self.refused(422, self.api.request("PUT", "/api/shared/views", {"value": "x" * 70000}))

    def test_a_place_is_told_with_the_name_of_the_one_who_is_there(self):
        place = {"page": "p1", "row": 7, "column": "status", "editing": True}
        self.assertTrue(self.api.call("POST", "/api/presence", place)["success"])
        self.refused(422, self.api.request("POST", "/api/presence", {"page": "x" * 65}), "page")

    def test_an_import_is_one_batch_all_or_nothing(self):
        row = self.api.create(**entry(shot="M1"))
        work = {"change": [{"id": row["id"], "version": row["version"], "status": "done"}],
                "create": [entry(shot="M2")]}
        answer = self.api.call("POST", "/api/import", work)
        self.assertEqual([one["shot"] for one in answer["data"]], ["M1", "M2"])
        undone = self.api.call("POST", f"/api/changes/{answer['batch']}/undo", {})
        self.assertEqual(undone["skipped"], [])
        self.assertEqual(self.api.get(f"/api/production-data/{row['id']}")["data"]["status"],
                         row["status"])
        body = self.refused(422, self.api.request("POST", "/api/import", dict(
            work, create=[entry(shot="M3"), entry(shot="")])), "shot")
        self.assertEqual(body["index"], 2)
        self.assertIsNone(self.api.entry(shot="M3"))

    def test_an_export_is_read_back_as_the_same_texts(self):
        self.api.create(**entry(shot="0010", notes="=1+1"))
        _, headers, body = self.api.request("GET", "/api/export?format=xlsx")
        self.assertIn("spreadsheetml", headers["Content-Type"])
        sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
        self.assertTrue(any("0010" in row and "=1+1" in row for row in rows), rows)
        _, _, read = self.api.request("POST", "/api/import/read", body, headers={
            "Content-Type": "application/octet-stream"})
        self.assertTrue(any("0010" in row for row in read["data"]["rows"]), json.dumps(read)[:500])
        self.refused(422, self.api.request("POST", "/api/import/read", b"no workbook", headers={
            "Content-Type": "application/octet-stream"}))
        self.refused(422, self.api.request("GET", "/api/export?format=pdf"), "format")


if __name__ == "__main__":
    unittest.main()
