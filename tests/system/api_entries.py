"""Entries over HTTP: adding, changing, deleting, restoring, undoing; what is refused and how."""

import unittest
import urllib.parse

from cloud_process import CloudTest, entry


class Entries(CloudTest):
    def fresh(self, **fields):
        return self.api.create(**entry(**fields))

    def url(self, row, tail=""):
        return f"/api/production-data/{row['id']}{tail}"

    # -- adding ------------------------------------------------------------------------------

    def test_an_added_entry_is_answered_whole_and_stands_in_the_table(self):
        status, headers, body = self.api.request("POST", "/api/production-data",
                                                 entry(shot="A1", notes="first"))
        self.assertEqual(status, 201)
        self.assertTrue(headers["Content-Type"].startswith("application/json"))
        row = body["data"]
        self.assertLessEqual({"id", "created_at", "updated_at", "version", "extra", "media"},
                             set(row))
        self.assertEqual({key: row[key] for key in entry()}, entry(shot="A1", notes="first"))
        self.assertTrue(body["batch"])
        self.assertEqual(self.database.sql(
            f"select animator, shot, notes from production_summary where id = {row['id']}"),
            ["Ana|A1|first"])

    def test_text_is_kept_exactly_but_for_its_canonical_form(self):
        notes = "  e\u0301 = é\r\nsecond line \U0001f3ac  "
        row = self.fresh(shot="=1+1", scene="001", animator="  Ana  ", notes=notes)
        self.assertEqual((row["shot"], row["scene"], row["animator"]), ("=1+1", "001", "Ana"))
        self.assertEqual(row["notes"], "é = é\nsecond line \U0001f3ac")
        self.assertEqual(self.api.get(self.url(row))["data"]["notes"], row["notes"])

    def test_a_list_is_added_all_or_nothing(self):
        answer = self.api.call("POST", "/api/production-data",
                               [entry(shot=f"L{i}") for i in range(3)])
        self.assertEqual([row["shot"] for row in answer["data"]], ["L0", "L1", "L2"])
        before = len(self.api.entries())
        body = self.refused(422, self.api.request(
            "POST", "/api/production-data", [entry(), entry(shot="")]), "shot")
        self.assertEqual(body["index"], 1)
        self.assertEqual(len(self.api.entries()), before)
        self.refused(422, self.api.request("POST", "/api/production-data", []))

    def test_every_bound_of_the_schema_names_its_field(self):
        too_long = {"animator": 101, "project_type": 21, "episode_title": 201, "scene": 51,
                    "shot": 51, "status": 21, "notes": 10001}
        for field, length in too_long.items():
            with self.subTest(field):
                good = entry(**{field: "ä" * (length - 1)})
                self.assertEqual(self.api.create(**good)[field], "ä" * (length - 1))
                bad = self.api.request("POST", "/api/production-data",
                                       entry(**{field: "ä" * length}))
                self.assertIn(str(length - 1), self.refused(422, bad, field)["error"]["message"])
        for week in ("20260230", "2026-01-05", "tomorrow", "99999999"):
            self.refused(422, self.api.request("POST", "/api/production-data",
                                               entry(week_yyyymmdd=week)), "week_yyyymmdd")
        self.assertEqual(self.fresh(week_yyyymmdd="")["week_yyyymmdd"], "")
        for field in ("scene", "shot"):
            self.refused(422, self.api.request("POST", "/api/production-data",
                                               entry(**{field: " \t "})), field)
        self.refused(422, self.api.request("POST", "/api/production-data",
                                           entry(animator="a\u0007b")), "animator")
        self.refused(422, self.api.request("POST", "/api/production-data",
                                           entry(animator=["a"])), "animator")
        self.assertEqual(self.fresh(notes="a\tb\nc")["notes"], "a\tb\nc")

    def test_bodies_that_are_no_json_are_refused(self):
        for path, method in (("/api/production-data", "POST"), ("/api/production-data/1", "PATCH")):
            status, _, body = self.api.request(method, path, headers={
                "Content-Type": "application/json", "Content-Length": "0"})
            self.assertEqual((status, body["success"]), (400, False))
            self.refused(415, self.api.request(method, path, entry(),
                                               headers={"Content-Type": "text/plain"}))
        self.refused(422, self.api.request("POST", "/api/production-data", 7))
        big = entry(notes="x" * (16 << 20))
        self.refused(413, self.api.request("POST", "/api/production-data", big))
        many = [{}] * 5001
        self.refused(413, self.api.request("POST", "/api/production-data", many))

    def test_an_idempotency_key_adds_once(self):
        key = {"Idempotency-Key": "paste-1"}
        body = [entry(shot="K1"), entry(shot="K2")]
        first = self.api.request("POST", "/api/production-data", body, headers=key)
        again = self.api.request("POST", "/api/production-data", body, headers=key)
        self.assertEqual((first[0], again[0]), (201, 201))
        self.assertEqual([row["id"] for row in first[2]["data"]],
                         [row["id"] for row in again[2]["data"]])
        self.refused(409, self.api.request("POST", "/api/production-data", [entry(shot="K3")],
                                           headers=key))
        self.refused(400, self.api.request("POST", "/api/production-data", entry(),
                                           headers={"Idempotency-Key": "x" * 201}),
                     "Idempotency-Key")

    def test_an_idempotency_key_changes_deletes_and_restores_once(self):
        row = self.fresh(shot="K4")
        key = {"Idempotency-Key": "edit-1"}
        edit = [{"id": row["id"], "version": row["version"], "status": "done"}]
        first = self.api.call("PATCH", "/api/production-data", edit, headers=key)
        self.api.change(row["id"], status="retake")
        again = self.api.call("PATCH", "/api/production-data", edit, headers=key)
        self.assertEqual(again["batch"], first["batch"])
        self.assertEqual(again["data"][0]["status"], "retake")  # nothing was written over it
        self.refused(409, self.api.request("PATCH", "/api/production-data",
                                           [dict(edit[0], status="wip")], headers=key))

        gone = {"Idempotency-Key": "delete-1"}
        back = {"Idempotency-Key": "restore-1"}
        ids = {"ids": [row["id"]]}
        self.api.call("DELETE", "/api/production-data", ids, headers=gone)
        self.api.call("POST", self.url(row, "/restore"), {}, headers=back)
        self.api.call("DELETE", "/api/production-data", ids, headers=gone)
        self.assertEqual(self.api.get(self.url(row))["data"]["id"], row["id"])
        self.api.delete(row["id"])
        self.api.call("POST", self.url(row, "/restore"), {}, headers=back)
        self.refused(404, self.api.request("GET", self.url(row)))

    # -- changing ----------------------------------------------------------------------------

    def test_put_and_patch_change_only_what_they_name(self):
        row = self.fresh(shot="P1", notes="keep")
        for method, status in (("PUT", "review"), ("PATCH", "done")):
            answer = self.api.call(method, self.url(row), {"status": status})
            self.assertEqual(answer["data"]["status"], status)
            self.assertEqual(answer["data"]["notes"], "keep")
            self.assertGreater(answer["data"]["version"], row["version"])
            row = answer["data"]
        answer = self.api.call("PUT", self.url(row), dict(row, notes=None))
        self.assertIsNone(answer["data"]["notes"])

    def test_a_change_to_what_stands_there_changes_nothing(self):
        row = self.fresh(shot="N1")
        answer = self.api.call("PATCH", self.url(row), {"status": "wip"})
        self.assertEqual(answer["data"]["version"], row["version"])

    def test_if_match_refuses_only_cells_that_are_newer(self):
        row = self.fresh(shot="I1")
        seen = {"If-Match": f"\"{row['version']}\""}
        self.api.change(row["id"], status="done")
        other = self.api.call("PATCH", self.url(row), {"notes": "fine"}, headers=seen)
        self.assertEqual((other["data"]["status"], other["data"]["notes"]), ("done", "fine"))
        body = self.refused(412, self.api.request("PATCH", self.url(row), {"status": "retake"},
                                                  headers=seen), "status")
        self.assertEqual(body["data"]["status"], "done")
        self.assertEqual([(cell["field"], cell["current"], cell["yours"])
                          for cell in body["cells"]], [("status", "done", "retake")])
        forced = self.api.call("PATCH", self.url(row), {"status": "retake", "force": True},
                               headers=seen)
        self.assertEqual(forced["data"]["status"], "retake")
        self.refused(400, self.api.request("PATCH", self.url(row), {"status": "x"},
                                           headers={"If-Match": "\"old\""}), "If-Match")

    def test_a_batch_of_changes_is_all_or_nothing(self):
        rows = [self.fresh(shot=f"B{i}") for i in range(3)]
        answer = self.api.call("PATCH", "/api/production-data", [
            {"id": row["id"], "version": row["version"], "status": "done"} for row in rows])
        self.assertEqual([row["status"] for row in answer["data"]], ["done"] * 3)
        self.assertTrue(answer["batch"])
        stale = [{"id": rows[0]["id"], "notes": "new"},
                 {"id": rows[1]["id"], "version": rows[1]["version"], "status": "retake"}]
        body = self.refused(412, self.api.request("PATCH", "/api/production-data", stale),
                            "status")
        self.assertEqual((body["index"], body["data"]["id"]), (1, rows[1]["id"]))
        self.assertIsNone(self.api.get(self.url(rows[0]))["data"]["notes"])
        twice = [{"id": rows[0]["id"], "notes": "a"}, {"id": rows[0]["id"], "notes": "b"}]
        self.refused(422, self.api.request("PATCH", "/api/production-data", twice), "id")
        self.refused(422, self.api.request("PATCH", "/api/production-data", [{"notes": "a"}]),
                     "id")
        self.refused(404, self.api.request("PATCH", "/api/production-data",
                                           [{"id": 99999999, "notes": "a"}]))

    # -- deleting and taking back ------------------------------------------------------------

    def test_a_deleted_entry_comes_back_under_its_id(self):
        row = self.fresh(shot="D1", notes="text")
        gone = self.api.call("DELETE", self.url(row))
        self.assertEqual(gone["data"]["notes"], "text")
        for method, body in (("GET", None), ("PATCH", {"status": "x"}), ("DELETE", None)):
            self.refused(404, self.api.request(method, self.url(row), body))
        back = self.api.call("POST", self.url(row, "/restore"), {})["data"]
        self.assertEqual((back["id"], back["notes"], back["shot"]), (row["id"], "text", "D1"))
        self.assertGreater(back["version"], row["version"])

    def test_several_are_deleted_in_one_batch_that_can_be_undone(self):
        rows = [self.fresh(shot=f"U{i}") for i in range(3)]
        ids = [row["id"] for row in rows]
        answer = self.api.call("DELETE", "/api/production-data", {"ids": ids})
        self.assertEqual([row["id"] for row in answer["data"]], ids)
        self.assertFalse({row["id"] for row in self.api.entries()} & set(ids))
        undone = self.api.call("POST", f"/api/changes/{answer['batch']}/undo", {})
        self.assertEqual(sorted(row["id"] for row in undone["data"]), ids)
        self.assertTrue({row["id"] for row in self.api.entries()} >= set(ids))
        self.refused(404, self.api.request("POST", "/api/changes/nothing/undo", {}))

    def test_undo_leaves_alone_what_moved_on(self):
        one, two = self.fresh(shot="V1"), self.fresh(shot="V2")
        batch = self.api.call("PATCH", "/api/production-data", [
            {"id": one["id"], "status": "done"}, {"id": two["id"], "status": "done"}])["batch"]
        self.api.change(two["id"], status="retake")
        undone = self.api.call("POST", f"/api/changes/{batch}/undo", {})
        self.assertEqual(self.api.get(self.url(one))["data"]["status"], "wip")
        self.assertEqual(self.api.get(self.url(two))["data"]["status"], "retake")
        self.assertEqual([(cell["entry_id"], cell["field"]) for cell in undone["skipped"]],
                         [(two["id"], "status")])

    def test_the_history_tells_what_happened(self):
        row = self.fresh(shot="H1")
        self.api.change(row["id"], status="done")
        self.api.delete(row["id"])
        changes = self.api.get(self.url(row, "/history"))["data"]
        self.assertEqual([change["op"] for change in changes], ["delete", "edit", "insert"])
        self.assertEqual((changes[1]["before"]["status"], changes[1]["after"]["status"]),
                         ("wip", "done"))
        self.assertTrue(changes[1]["author"])
        self.refused(404, self.api.request("GET", "/api/production-data/99999999/history"))


class Lists(CloudTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api.call("POST", "/api/production-data", [
            entry(animator=f"A{i % 3}", shot=f"{i:04}", status="done" if i % 2 else "wip",
                  notes=f"note {i}") for i in range(50)])

    def shots(self, query):
        return [row["shot"] for row in self.api.get("/api/production-data" + query)["data"]]

    def test_filters_sort_and_search(self):
        self.assertEqual(len(self.shots("")), 50)
        self.assertEqual(len(self.shots("?animator=A0")), 17)
        self.assertEqual(len(self.shots("?animator=A0&status=done")), 8)
        self.assertEqual(self.shots("?q=NOTE+49"), ["0049"])
        self.assertEqual(self.shots("?sort=-shot&limit=2"), ["0049", "0048"])
        self.assertEqual(self.shots("?shot=nothing"), [])
        for query, field in (("?sort=password", "sort"), ("?limit=0", "limit"),
                             ("?limit=x", "limit"), ("?colour=red", "colour")):
            self.refused(400, self.api.request("GET", "/api/production-data" + query), field)

    def test_pages_give_every_row_once(self):
        for sort in ("id", "-id", "animator", "-status", "updated_at"):
            with self.subTest(sort):
                seen, after = [], ""
                while True:
                    page = self.api.get(f"/api/production-data?limit=7&sort={sort}"
                                        + (f"&after={urllib.parse.quote(after)}" if after else ""))
                    seen += [row["id"] for row in page["data"]]
                    if page["next"] is None:
                        break
                    after = page["next"]
                self.assertEqual((len(seen), len(set(seen))), (50, 50))

    def test_an_unchanged_list_is_304(self):
        status, headers, _ = self.api.request("GET", "/api/production-data?limit=5")
        self.assertEqual(status, 200)
        known = {"If-None-Match": headers["ETag"]}
        status, _, body = self.api.request("GET", "/api/production-data?limit=5", headers=known)
        self.assertEqual((status, body), (304, None))
        row = self.api.entries()[0]
        self.api.change(row["id"], notes="changed")
        self.assertEqual(self.api.request("GET", "/api/production-data?limit=5",
                                          headers=known)[0], 200)

    def test_unknown_paths_and_methods_are_json_too(self):
        self.refused(404, self.api.request("GET", "/api/nothing"))
        status, headers, body = self.api.request("DELETE", "/api/health")
        self.assertEqual((status, body["success"]), (405, False))
        self.assertIn("GET", headers["Allow"])
        self.refused(404, self.api.request("GET", "/api/production-data/abc"))
        self.refused(404, self.api.request("GET", "/api/media/1/thumbnail"))


if __name__ == "__main__":
    unittest.main()
