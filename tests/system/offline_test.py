"""Edits made while the sides do not see each other: nothing is lost, Excel wins, losers stay."""

import json
import shutil

import workbooks
from client import wait_until
from harness import SystemTest
from workbooks import (FIELDS, Edit, cells, sample_row, wait_equal, wait_in_api, wait_in_workbook,
                       wait_not_in_api)


class LocalStopped(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook}

    def setUp(self):
        if not self.studio.health_or_none():
            self.studio.start_role("local")
        self.studio.wait_connected()
        wait_equal(self.studio)
        self.studio.rest()

    def test_a_web_edit_made_meanwhile_survives_the_next_sync(self):
        entry = self.studio.cloud.entry(shot="SH0010")
        self.studio.stop_role("local")
        wait_until(lambda: self.studio.cloud.status()["local"] != "connected", "local to be away")
        self.studio.cloud.change(entry["id"], notes="typed while local was away")
        made = self.studio.cloud.create(**dict(zip(FIELDS, sample_row(61))))
        Edit(self.studio.workbook).set("SH0020", notes="typed in Excel meanwhile").save()
        self.studio.start_role("local")
        wait_in_workbook(self.studio, "SH0010", notes="typed while local was away")
        wait_in_workbook(self.studio, made["shot"])
        wait_in_api(self.studio, "SH0020", notes="typed in Excel meanwhile")
        wait_equal(self.studio)

    def test_two_cells_of_one_row_edited_on_two_sides_are_both_kept(self):
        entry = self.studio.cloud.entry(shot="SH0030")
        self.studio.stop_role("local")
        self.studio.cloud.change(entry["id"], notes="web's cell")
        Edit(self.studio.workbook).set("SH0030", status="Approved").save()
        self.studio.start_role("local")
        wait_in_api(self.studio, "SH0030", notes="web's cell", status="Approved")
        wait_in_workbook(self.studio, "SH0030", notes="web's cell", status="Approved")
        self.assertFalse([one for one in self.studio.cloud.conflicts()
                          if "web's cell" in json.dumps(one)])

    def test_excel_wins_a_conflict_and_the_loser_can_be_restored(self):
        entry = self.studio.cloud.entry(shot="SH0040")
        self.studio.stop_role("local")
        self.studio.cloud.change(entry["id"], notes="what the web said")
        Edit(self.studio.workbook).set("SH0040", notes="what Excel said").save()
        self.studio.start_role("local")
        wait_in_api(self.studio, "SH0040", notes="what Excel said")
        wait_in_workbook(self.studio, "SH0040", notes="what Excel said")
        logged = self.studio.psql("SELECT count(*) FROM sync_log WHERE data_snapshot::text LIKE"
                                  " '%what the web said%' AND data_snapshot::text LIKE"
                                  " '%what Excel said%'")
        self.assertEqual(logged, ["1"])
        losers = [one for one in self.studio.cloud.conflicts()
                  if "what the web said" in json.dumps(one)]
        self.assertEqual(len(losers), 1)
        self.assertIn("what Excel said", json.dumps(losers[0]))
        self.studio.cloud.call("POST", f"/api/conflicts/{losers[0]['id']}/restore")
        wait_in_workbook(self.studio, "SH0040", notes="what the web said")
        wait_in_api(self.studio, "SH0040", notes="what the web said")
        wait_equal(self.studio)

    def test_the_same_value_on_both_sides_is_no_conflict(self):
        entry = self.studio.cloud.entry(shot="SH0050")
        before = len(self.studio.cloud.conflicts())
        self.studio.stop_role("local")
        self.studio.cloud.change(entry["id"], status="Approved")
        Edit(self.studio.workbook).set("SH0050", status="Approved", notes="and more").save()
        self.studio.start_role("local")
        wait_in_api(self.studio, "SH0050", status="Approved", notes="and more")
        wait_equal(self.studio)
        self.assertEqual(len(self.studio.cloud.conflicts()), before)

    def test_a_row_deleted_in_excel_and_edited_on_the_web_goes_but_its_edit_is_logged(self):
        entry = self.studio.cloud.entry(shot="SH0060")
        self.studio.stop_role("local")
        self.studio.cloud.change(entry["id"], notes="unseen by Excel")
        Edit(self.studio.workbook).delete("SH0060").save()
        self.studio.start_role("local")
        wait_not_in_api(self.studio, "SH0060")
        wait_equal(self.studio)
        self.assertTrue([one for one in self.studio.cloud.conflicts()
                         if "unseen by Excel" in json.dumps(one)])
        self.studio.cloud.call("POST", f"/api/production-data/{entry['id']}/restore")
        wait_in_workbook(self.studio, "SH0060", notes="unseen by Excel")

    def test_a_row_deleted_on_the_web_and_edited_in_excel_stays(self):
        entry = self.studio.cloud.entry(shot="SH0070")
        self.studio.stop_role("local")
        self.studio.cloud.delete(entry["id"])
        Edit(self.studio.workbook).set("SH0070", notes="still worked on").save()
        self.studio.start_role("local")
        back = wait_in_api(self.studio, "SH0070", notes="still worked on")
        self.assertEqual(back["id"], entry["id"])
        wait_equal(self.studio)

    def test_a_row_deleted_on_the_web_leaves_the_workbook_later(self):
        entry = self.studio.cloud.entry(shot="SH0080")
        self.studio.stop_role("local")
        self.studio.cloud.delete(entry["id"])
        self.studio.start_role("local")
        workbooks.wait_not_in_workbook(self.studio, "SH0080")
        wait_equal(self.studio)

    def test_the_same_new_shot_on_both_sides_becomes_one_row(self):
        row = dict(zip(FIELDS, sample_row(62)))
        self.studio.stop_role("local")
        self.studio.cloud.create(**row)
        Edit(self.studio.workbook).append(sample_row(62)).save()
        self.studio.start_role("local")
        wait_equal(self.studio)
        self.assertEqual([cells(one) for one in workbooks.read(self.studio.workbook)].count(
            cells(row)), 1)
        self.assertIsNotNone(self.studio.cloud.entry(shot=row["shot"]))

    def test_a_visit_while_local_is_away_answers_with_the_rows_and_the_reason(self):
        self.studio.stop_role("local")
        answer = self.studio.cloud.get("/api/production-data/with-local-sync?wait=1000")
        self.assertIs(answer["success"], True)
        self.assertTrue(answer["data"])
        self.assertIs(answer["excelSync"]["success"], False)
        self.assertEqual(answer["excelSync"]["error"], "Excel file not available")
        self.assertTrue(answer["excelSync"]["detail"])
        self.studio.start_role("local")


class CloudStopped(SystemTest):
    def test_excel_edits_made_while_the_cloud_is_away_arrive_later(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        wait_equal(studio)
        studio.stop_role("cloud")
        Edit(studio.workbook).set("SH0010", notes="first").save()
        wait_until(lambda: studio.health()["cloud"] != "connected", "local to notice")
        Edit(studio.workbook).set("SH0010", notes="second").append(sample_row(63)).save()
        studio.start_role("cloud")
        wait_in_api(studio, "SH0010", 40, notes="second")
        wait_in_api(studio, "SH0630")
        wait_equal(studio)


class FirstContact(SystemTest):
    def test_rows_on_one_side_only_are_added_to_the_other(self):
        studio = self.own_studio(workbook=workbooks.make_workbook)
        wait_equal(studio)
        studio.stop()
        # A new local server (its journal is gone) meets a database and a workbook that differ. It
        # would wait a minute for the old one, which held the studio a moment ago.
        workbooks.Edit(studio.workbook).append(sample_row(64)).delete("SH0100").set(
            "SH0110", notes="Excel's word").save()
        shutil.rmtree(studio.data / "local")
        studio.start()
        studio.psql("UPDATE link_lease SET seen_at = now() - interval '1 hour'")
        wait_in_api(studio, "SH0640", 20)
        wait_in_workbook(studio, "SH0100", 20)  # never a delete without a base
        wait_in_api(studio, "SH0110", notes="Excel's word")
        self.assertEqual(len(wait_equal(studio)), 21)

    def test_an_empty_start_makes_a_workbook_that_fills_from_the_web(self):
        studio = self.own_studio()
        wait_until(studio.workbook.exists, "the workbook made from the template")
        made = studio.cloud.create(**dict(zip(FIELDS, sample_row(1))))
        wait_in_workbook(studio, made["shot"], **dict(zip(FIELDS, sample_row(1))))
        Edit(studio.workbook).append(sample_row(2)).save()
        wait_in_api(studio, "SH0020")
        wait_equal(studio)
