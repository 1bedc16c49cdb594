"""Small pictures on the cloud's side of the link, with a local server made of test code."""

import base64
import unittest

from api_link import FakeStudio
from client import wait_until
from cloud_process import CloudProcess, CloudTest, entry

JPEG = b"\xff\xd8" + b"picture" * 100 + b"\xff\xd9"


def measurement(digest):
    return {"frames": 24, "fps": "24/1", "duration": "1/1", "missing_frames": [], "path": "a.mp4",
            "source_digest": digest, "measured_at": "2026-01-05T09:00:00.000Z"}


class Pictures(CloudTest):
    def setUp(self):
        self.database.sql("truncate production_summary")
        self.database.sql("truncate media_picture")
        self.studio = FakeStudio(self.cloud, "studio-" + self._testMethodName)
        self.database.sql("update link_lease set seen_at = now() - interval '1 hour'")
        self.assertEqual(self.studio.hello()["outcome"], "ok")

    def measured(self, digest, **fields):
        row = self.api.create(**entry(**fields))
        self.studio.push([{"op": "measure", "id": row["id"], "media": measurement(digest)}])
        return row["id"]

    def send(self, name, jpeg=JPEG):
        return self.studio.send("picture", picture=name, jpeg=base64.b64encode(jpeg).decode())

    def media(self, entry_id):
        return self.api.get(f"/api/production-data/{entry_id}")["data"]["media"]

    def test_what_is_wanted_is_sent_shown_and_served(self):
        digest = "a" * 32
        ours = self.measured(digest)
        self.assertEqual((self.media(ours)["thumbnail"], self.media(ours)["strip"]), (None, None))
        offered = [f"{digest}/thumbnail", f"{digest}/strip", "b" * 32 + "/thumbnail"]
        answer = self.studio.send("offer", pictures=offered)
        self.assertEqual((answer["wanted"], answer["early"]), (offered[:2], offered[2:]))
        self.send(f"{digest}/thumbnail")
        self.assertEqual(self.studio.send("offer", pictures=offered)["wanted"], offered[1:2])
        address = self.media(ours)["thumbnail"]
        self.assertEqual((address, self.media(ours)["strip"]), (f"/api/media/{digest}/thumbnail", None))

        status, headers, body = self.api.request("GET", address)
        self.assertEqual((status, headers["Content-Type"], body), (200, "image/jpeg", JPEG))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("immutable", headers["Cache-Control"])
        self.assertIn("private", headers["Cache-Control"])
        known = {"If-None-Match": headers["ETag"]}
        self.assertEqual(self.api.request("GET", address, headers=known)[0], 304)
        status, headers, body = self.api.request("GET", f"/api/media/{ours}/thumbnail")
        self.assertEqual((status, body, headers["Cache-Control"]), (200, JPEG, "private, no-cache"))
        self.refused(404, self.api.request("GET", f"/api/media/{ours}/strip"))
        self.refused(401, self.cloud.open.request("GET", address))

    def test_a_list_with_a_new_picture_is_another_list(self):
        digest = "c" * 32
        self.measured(digest)
        _, headers, before = self.api.request("GET", "/api/production-data")
        self.send(f"{digest}/strip")
        status, _, now = self.api.request("GET", "/api/production-data",
                                          headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((status, now["data"][0]["media"]["strip"]), (200, f"/api/media/{digest}/strip"))
        self.assertEqual(now["cursor"], before["cursor"], "a picture is no change of the row")
        news = self.api.get(f"/api/media/pictures?after={before['pictures']}")
        self.assertEqual(news["data"], [{"source_digest": digest, "thumbnail": None,
                                         "strip": f"/api/media/{digest}/strip"}])
        self.assertEqual(self.api.status()["pictures"], news["pictures"])

    def test_every_process_on_the_database_serves_them(self):
        digest = "d" * 32
        self.measured(digest)
        self.send(f"{digest}/thumbnail")
        second = CloudProcess(self.database)
        try:
            other = second.caller("viewer")
            status, _, body = wait_until(
                lambda: other.request("GET", f"/api/media/{digest}/thumbnail"), "an answer")
            self.assertEqual((status, body), (200, JPEG))
        finally:
            second.close()

    def test_nothing_else_than_a_small_jpeg_is_taken(self):
        name = "e" * 32 + "/thumbnail"
        for wrong in ({"picture": name, "jpeg": base64.b64encode(b"<svg/>").decode()},
                      {"picture": name, "jpeg": "no Base64"},
                      {"picture": name},
                      {"picture": name, "jpeg": base64.b64encode(
                          b"\xff\xd8" + bytes(130_000) + b"\xff\xd9").decode()},
                      {"picture": "../thumbnail", "jpeg": base64.b64encode(JPEG).decode()},
                      {"picture": "e" * 32 + "/poster", "jpeg": base64.b64encode(JPEG).decode()}):
            answer = self.cloud.studio().request("POST", "/api/sync/link/picture",
                                                 {"store": "studio", **wrong})
            self.refused(400, answer)
        many = [f"{number:032x}/strip" for number in range(501)]
        self.refused(413, self.cloud.studio().request("POST", "/api/sync/link/offer",
                                                      {"store": "studio", "pictures": many}))
        self.assertEqual(self.database.sql("select count(*) from media_picture"), ["0"])

    def test_a_file_of_no_shot_is_told_and_given_to_a_row(self):
        self.database.sql("truncate media_pin")
        row = self.api.create(**entry(shot="P1"))
        file = {"path": "inbox/kite.mov", "kind": "movie", "fits": [],
                "modified_at": "2026-01-05T09:00:00.000Z"}
        self.studio.send("files", unmatched={"total": 7, "files": [file]})
        told = self.api.get("/api/media/unmatched")
        self.assertEqual((told["data"], told["total"], told["pins"]), ([file], 7, []))
        self.assertEqual(self.api.status()["unmatched"], 7)
        before = self.studio.send("pins", known=-1)
        self.assertEqual(before["pins"], [])
        self.assertNotIn("pins", self.studio.send("pins", known=before["number"]))

        pin = {"path": "inbox/kite.mov", "entry_id": row["id"]}
        self.api.call("PUT", "/api/media/pin", pin)
        heard = self.studio.send("pins", known=before["number"])
        self.assertEqual(heard["pins"], [pin])
        self.assertEqual(self.api.get("/api/media/unmatched")["pins"], [pin])
        self.assertEqual(self.api.status()["pins"], heard["number"])
        self.api.call("PUT", "/api/media/pin", dict(pin, entry_id=None))
        self.assertEqual(self.studio.send("pins", known=heard["number"])["pins"], [])

    def test_a_pin_that_can_not_be_is_refused(self):
        put = lambda body: self.api.request("PUT", "/api/media/pin", body)  # noqa: E731
        self.refused(404, put({"path": "a.mov", "entry_id": 99999999}), "entry_id")
        self.refused(422, put({"entry_id": 1}), "path")
        self.refused(422, put({"path": "x" * 4097, "entry_id": 1}), "path")
        self.refused(422, put({"path": "a.mov", "entry_id": "17"}), "entry_id")


if __name__ == "__main__":
    unittest.main()
