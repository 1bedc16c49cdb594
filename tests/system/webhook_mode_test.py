"""The guide's transport: cloud posts to the local server's address, local calls back over HTTP."""

import workbooks
from harness import SystemTest
from workbooks import FIELDS, Edit, sample_row, wait_equal, wait_in_api, wait_in_workbook


class WebhookMode(SystemTest):
    studio_options = {"workbook": workbooks.make_workbook, "environment": {
        "LINK_MODE": "webhook", "LOCAL_SERVER_URL": "http://127.0.0.1:{local_port}"}}

    def test_web_edits_reach_the_workbook(self):
        entry = self.studio.cloud.entry(shot="SH0010")
        self.studio.cloud.change(entry["id"], notes="through the tunnel")
        wait_in_workbook(self.studio, "SH0010", notes="through the tunnel")
        made = self.studio.cloud.create(**dict(zip(FIELDS, sample_row(31))))
        wait_in_workbook(self.studio, made["shot"])
        self.studio.cloud.delete(made["id"])
        workbooks.wait_not_in_workbook(self.studio, made["shot"])

    def test_workbook_edits_reach_the_api(self):
        Edit(self.studio.workbook).set("SH0020", status="Approved").append(sample_row(32)).save()
        wait_in_api(self.studio, "SH0020", status="Approved")
        wait_in_api(self.studio, "SH0320")
        wait_equal(self.studio)

    def test_a_visit_syncs_through_excel_data(self):
        answer = self.studio.cloud.get("/api/production-data/with-local-sync")
        self.assertIs(answer["excelSync"]["success"], True, answer["excelSync"])
        self.assertEqual(answer["excelSync"]["records"], len(answer["data"]))

    def test_edits_made_while_local_was_away_survive(self):
        entry = self.studio.cloud.entry(shot="SH0030")
        self.studio.stop_role("local")
        self.studio.cloud.change(entry["id"], notes="while the tunnel was down")
        Edit(self.studio.workbook).set("SH0040", notes="in Excel meanwhile").save()
        self.studio.start_role("local")
        wait_in_workbook(self.studio, "SH0030", 40, notes="while the tunnel was down")
        wait_in_api(self.studio, "SH0040", notes="in Excel meanwhile")
        wait_equal(self.studio)
