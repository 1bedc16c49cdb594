"""What is typed on the page (through the page's API) stands in the workbook on disk."""

import json

import workbooks
from client import ApiError, Events, wait_until
from harness import SystemTest
from office import office
from workbooks import FIELDS, sample_row, wait_equal, wait_in_workbook, wait_not_in_workbook


class WebEdit(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def both_readers(self, shot, /, **fields):
        row = wait_in_workbook(self.studio, shot, **fields)
        by_office = [one for one in office().rows(self.studio.workbook) if one["shot"] == shot]
        self.assertEqual(len(by_office), 1)
        self.assertEqual(workbooks.cells(by_office[0]), workbooks.cells(row))

    def test_a_changed_cell_is_in_the_workbook_for_both_readers(self):
        entry = self.studio.cloud.entry(shot="SH0030")
        self.studio.cloud.change(entry["id"], status="Approved", notes="seen by the director")
        self.both_readers("SH0030", status="Approved", notes="seen by the director")

    def test_a_put_without_notes_leaves_the_notes(self):
        entry = self.studio.cloud.entry(shot="SH0050")
        self.assertEqual(entry["notes"], "note 5")
        body = {name: entry[name] for name in FIELDS if name != "notes"}
        answer = self.studio.cloud.call("PUT", f"/api/production-data/{entry['id']}",
                                        dict(body, animator="Petra"))
        self.assertEqual(answer["data"]["notes"], "note 5")
        self.both_readers("SH0050", animator="Petra", notes="note 5")

    def test_a_new_entry_becomes_the_row_below_the_last(self):
        made = self.studio.cloud.create(**dict(zip(FIELDS, sample_row(41))))
        self.both_readers(made["shot"], **dict(zip(FIELDS, sample_row(41))))
        rows = workbooks.read(self.studio.workbook)
        self.assertIn(made["shot"], [row["shot"] for row in rows[-3:]])
        numbers = [row["row"] for row in rows]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(rows))))

    def test_an_array_of_entries_is_all_or_nothing(self):
        good = [dict(zip(FIELDS, sample_row(number))) for number in (42, 43, 44)]
        with self.assertRaises(ApiError) as refused:
            self.studio.cloud.call("POST", "/api/production-data",
                                   [*good[:2], dict(good[2], scene="")])
        self.assertEqual(refused.exception.status // 100, 4)
        self.assertIn("scene", json.dumps(refused.exception.body))
        self.assertIsNone(self.studio.cloud.entry(shot="SH0420"))
        self.studio.cloud.call("POST", "/api/production-data", good)
        for row in good:
            wait_in_workbook(self.studio, row["shot"])

    def test_a_repeated_post_with_an_idempotency_key_makes_one_row(self):
        row = dict(zip(FIELDS, sample_row(45)))
        key = {"Idempotency-Key": "again-and-again-45"}
        first = self.studio.cloud.call("POST", "/api/production-data", row, headers=key)
        second = self.studio.cloud.call("POST", "/api/production-data", row, headers=key)
        self.assertEqual(first["data"]["id"], second["data"]["id"])
        status, _, _ = self.studio.cloud.request("POST", "/api/production-data",
                                                 dict(row, notes="other"), headers=key)
        self.assertEqual(status, 409)
        wait_in_workbook(self.studio, row["shot"])
        self.assertIsNotNone(self.studio.cloud.entry(shot=row["shot"]))

    def test_a_deleted_entry_leaves_the_workbook_and_restore_brings_it_back(self):
        entry = self.studio.cloud.entry(shot="SH0070")
        self.studio.cloud.delete(entry["id"])
        wait_not_in_workbook(self.studio, "SH0070")
        wait_equal(self.studio)
        self.studio.cloud.call("POST", f"/api/production-data/{entry['id']}/restore")
        self.both_readers("SH0070")
        back = self.studio.cloud.entry(shot="SH0070")
        self.assertEqual((back["id"], workbooks.cells(back)),
                         (entry["id"], workbooks.cells(entry)))

    def test_text_arrives_exactly_and_never_as_a_formula(self):
        shots = {}
        for number, text in enumerate((
                "001", "=1+1", "+49 30 123", "-5", "@home", "'quoted", "1e5", "TRUE",
                "20260105", "line one\nline two", "naïve café 日本語 🎬", "<b>&amp;</b>", "a  b",
                "x" * 5000)):
            row = list(sample_row(60 + number))
            row[7] = text
            made = self.studio.cloud.create(**dict(zip(FIELDS, row)))
            self.assertEqual(made["notes"], text)
            shots[made["shot"]] = text
        for shot, text in shots.items():
            wait_in_workbook(self.studio, shot, notes=text)
        by_office = {row["shot"]: row["notes"] for row in office().rows(self.studio.workbook)}
        for shot, text in shots.items():
            self.assertEqual(by_office[shot], text)
            self.assertEqual(self.studio.cloud.entry(shot=shot)["notes"], text)

    def test_what_breaks_a_bound_is_refused_by_name_and_changes_nothing(self):
        row = dict(zip(FIELDS, sample_row(46)))
        for field, value in (("animator", "a" * 101), ("project_type", "p" * 21),
                             ("episode_title", "e" * 201), ("scene", "s" * 51), ("scene", "  "),
                             ("shot", ""), ("week_yyyymmdd", "20260231"), ("status", "s" * 21),
                             ("notes", "n" * 10001), ("notes", "bell \a")):
            status, _, body = self.studio.cloud.request("POST", "/api/production-data",
                                                        dict(row, **{field: value}))
            self.assertIn(status, (400, 422), (field, value[:10]))
            self.assertEqual(body["error"]["field"], field, body)
        self.assertIsNone(self.studio.cloud.entry(scene=row["scene"], shot=row["shot"]))

    def test_a_change_made_on_an_old_version_is_refused_only_for_the_cell_that_moved(self):
        old = self.studio.cloud.entry(shot="SH0090")
        self.studio.cloud.change(old["id"], notes="newer")
        path = f"/api/production-data/{old['id']}"
        seen = {"If-Match": f'"{old["version"]}"'}
        status, _, body = self.studio.cloud.request("PATCH", path, {"notes": "mine"}, seen)
        self.assertEqual(status, 412, body)
        self.assertEqual(self.studio.cloud.entry(shot="SH0090")["notes"], "newer")
        status, _, body = self.studio.cloud.request("PATCH", path, {"status": "Review"}, seen)
        self.assertEqual(status, 200, body)
        self.studio.cloud.change(old["id"], notes="mine after all", force=True)
        wait_in_workbook(self.studio, "SH0090", notes="mine after all", status="Review")

    def test_every_change_is_an_event_that_can_be_resumed(self):
        events = Events(self.studio.cloud)
        self.addCleanup(events.close)
        entry = self.studio.cloud.entry(shot="SH0100")
        changed = self.studio.cloud.change(entry["id"], notes="one")
        wait_until(lambda: any("one" in data for _, data in events.seen), "the web edit's event")
        workbooks.Edit(self.studio.workbook).set("SH0110", notes="typed in Excel").save()
        wait_until(lambda: any("typed in Excel" in data for _, data in events.seen),
                   "the workbook edit's event")
        numbers = [int(number) for number, _ in events.seen]
        self.assertEqual(numbers, sorted(set(numbers)))
        resumed = Events(self.studio.cloud, last_id=changed["version"] - 1)
        self.addCleanup(resumed.close)
        wait_until(lambda: any("typed in Excel" in data for _, data in resumed.seen),
                   "the missed events")
        self.assertEqual(int(resumed.seen[0][0]), changed["version"])

    def test_rows_of_plain_sql_reach_the_workbook(self):
        self.studio.psql(
            "INSERT INTO production_summary (animator, project_type, episode_title, scene, shot,"
            " week_yyyymmdd, status, notes) VALUES ('Mina', 'Series', 'EP01 Harbour', 'SC900',"
            " 'SH9010', '20260105', 'Review', 'by psql')")
        wait_in_workbook(self.studio, "SH9010", notes="by psql", scene="SC900")
        self.studio.psql("UPDATE production_summary SET notes = 'by psql again'"
                         " WHERE shot = 'SH9010'")
        wait_in_workbook(self.studio, "SH9010", notes="by psql again")
        self.studio.psql("DELETE FROM production_summary WHERE shot = 'SH9010'")
        wait_not_in_workbook(self.studio, "SH9010")
        wait_equal(self.studio)
