"""Durations of the animation folders, measured without anybody asking."""

import contextlib
import os
import sqlite3
import subprocess

import openpyxl

import workbooks
from client import wait_until
from harness import SystemTest
from workbooks import Edit, text_of, wait_in_api, warnings_off


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", *arguments],
                   check=True, timeout=60)


def folder_of(media, number):
    """Where the renders of workbooks.sample_row(number) lie."""
    row = workbooks.sample_row(number)
    return media / row[2].replace(" ", "_") / row[3] / row[4] / "anim"


def movie(media, number, version, frames, suffix="mp4", rate=24):
    """A tiny movie, written under a temporary name and renamed, as a renderer does."""
    folder = folder_of(media, number)
    folder.mkdir(parents=True, exist_ok=True)
    row = workbooks.sample_row(number)
    name = f"{row[2].split()[0]}_{row[3]}_{row[4]}_anim_v{version:03}.{suffix}".lower()
    beside = folder / f".rendering.{suffix}"
    ffmpeg(f"testsrc=size=64x48:rate={rate}", "-frames:v", str(frames), "-pix_fmt", "yuv420p",
           str(beside))
    os.replace(beside, folder / name)
    return folder / name


def sequence(media, number, version, frames, missing=()):
    folder = folder_of(media, number)
    folder.mkdir(parents=True, exist_ok=True)
    row = workbooks.sample_row(number)
    stem = f"{row[2].split()[0]}_{row[3]}_{row[4]}_anim_v{version:03}".lower()
    ffmpeg("testsrc=size=32x32:rate=24", "-frames:v", str(frames), "-start_number", "1001",
           str(folder / (stem + ".%04d.png")))
    for frame in missing:
        (folder / f"{stem}.{frame}.png").unlink()


def jpeg_size(data):
    """(width, height), from the start of the frame."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    return (int.from_bytes(data[at + 7:at + 9], "big"), int.from_bytes(data[at + 5:at + 7], "big"))


def make_media(media):
    movie(media, 1, 1, 24)
    movie(media, 2, 1, 48, "mov")
    movie(media, 2, 2, 60, "mov")
    sequence(media, 3, 1, 20, missing=(1007, 1012, 1013))
    broken = movie(media, 4, 1, 24)
    broken.write_bytes(broken.read_bytes()[:200])


class MediaTest(SystemTest):
    """What all tests of durations ask."""

    def measured(self, shot, deadline=60, **wanted):
        def there():
            media = (self.studio.cloud.entry(shot=shot) or {}).get("media") or {}
            return all(media.get(name) == value for name, value in wanted.items()) and media
        try:
            return wait_until(there, f"{shot} to be measured as {wanted}", deadline, 0.05)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.studio.cloud.entry(shot=shot)}") from None

    def in_workbook(self, shot):
        """The text under the header Frames in the row of this shot."""
        with warnings_off():
            sheet = openpyxl.load_workbook(self.studio.workbook).worksheets[0]
        edit = Edit(self.studio.workbook)
        header = [text_of(cell.value) for cell in sheet[edit.header_row]]
        return text_of(sheet.cell(edit.find(shot), header.index("Frames") + 1).value)


def make_media_with_handles(media):
    movie(media, 1, 1, 24, rate=25)  # of EP02
    sequence(media, 2, 1, 20)
    movie(media, 3, 1, 8)
    sequence(media, 4, 1, 33)  # of EP02


class Terms(MediaTest):
    studio_options = {"workbook": workbooks.make_workbook, "media": make_media_with_handles,
                      "environment": {"MEDIA_HANDLES": "4", "EPISODE_RATES": "EP02=25"}}

    def test_handles_are_no_part_of_a_shot_in_api_workbook_and_footage(self):
        media = self.measured("SH0020", frames=12, file_frames=20, duration_seconds=0.5)
        self.assertIn("20 frames without the handles, 4 at each end; ", media["how"])
        wait_until(lambda: self.in_workbook("SH0020") == "12", "12 frames in the workbook")
        media = self.measured("SH0030", frames=None, file_frames=8, duration=None)
        self.assertEqual(media["problem"], "the file holds 8 frames: without the handles, 4 at "
                                           "each end, none is left")
        self.measured("SH0010", frames=16)
        self.measured("SH0040", frames=25)
        footage = self.studio.cloud.get("/api/summary")["data"]["totals"]
        self.assertEqual(footage["frames"], 12 + 16 + 25)

    def test_an_episode_runs_at_its_own_rate(self):
        media = self.measured("SH0010", fps="25/1", duration="16/25")
        self.assertEqual((media["flags"], media["problem"]), ([], None))
        self.measured("SH0040", fps="25/1", duration="1/1")
        self.measured("SH0020", fps="24/1")


class Durations(MediaTest):
    studio_options = {"workbook": workbooks.make_workbook, "media": make_media}

    def test_a_movie_is_measured_into_api_and_workbook(self):
        media = self.measured("SH0010", frames=24, fps="24/1", duration_seconds=1.0)
        self.assertIsNone(media["problem"])
        self.assertEqual((media["version"], media["flags"]), ("v001", []))
        self.assertRegex(media["how"], "^mp4 .*; the shot's only file$")
        self.assertTrue(media["path"].endswith("_v001.mp4"), media["path"])
        wait_until(lambda: self.in_workbook("SH0010") == "24", "24 frames in the workbook")

    def test_the_newest_version_is_the_shot(self):
        media = self.measured("SH0020", frames=60, duration_seconds=2.5)
        self.assertTrue(media["path"].endswith("_v002.mov"), media["path"])
        self.assertTrue(media["how"].endswith("; highest version (v002)"), media["how"])

    def test_missing_frames_of_a_sequence_are_named_and_counted_in(self):
        media = self.measured("SH0030", frames=20)
        self.assertIn("1007", str(media["missing_frames"]))
        self.assertIn("1012", str(media["missing_frames"]))

    def test_a_broken_file_is_reported_in_words(self):
        wait_until(lambda: ((self.studio.cloud.entry(shot="SH0040") or {}).get("media") or {})
                   .get("problem"), "the problem of the broken file", 20)

    def doubts(self, shot):
        return (self.studio.cloud.entry(shot=shot) or {}).get("doubts")

    def test_what_speaks_against_a_finished_shot_is_told(self):
        movie(self.studio.media, 11, 1, 24, rate=25)
        hollow = movie(self.studio.media, 12, 1, 24)
        hollow.write_bytes(b"")
        self.assertEqual(self.measured("SH0110", frames=24)["flags"], ["RATE_NOT_PROJECT"])
        for shot, doubt in (("SH0110", "wrong_rate"), ("SH0120", "empty"), ("SH0030", "gaps"),
                            ("SH0040", "problem"), ("SH0140", "no_file")):
            wait_until(lambda: self.doubts(shot) == [doubt], f"{shot}: {doubt}", 60, 0.05)
        self.assertEqual(self.doubts("SH0020"), [])

    def test_a_render_from_before_the_last_retake_is_not_what_was_asked_for(self):
        movie(self.studio.media, 13, 1, 24)
        self.measured("SH0130", frames=24)
        cloud = self.studio.cloud
        row = cloud.entry(shot="SH0130")
        self.assertEqual(row["doubts"], [])
        cloud.change(row["id"], status="Retake")
        cloud.change(row["id"], status="Done")
        self.assertEqual(self.doubts("SH0130"), ["older_than_retake"])
        movie(self.studio.media, 13, 2, 30)
        self.measured("SH0130", frames=30)
        self.assertEqual(self.doubts("SH0130"), [])

    def test_small_pictures_of_a_render_reach_the_cloud_and_stay_there(self):
        movie(self.studio.media, 7, 1, 24)
        self.measured("SH0070", frames=24)
        self.measured("SH0030", frames=20)

        def drawn(shot, kind):
            return ((self.studio.cloud.entry(shot=shot) or {}).get("media") or {}).get(kind)
        for shot, kind, size in (("SH0070", "thumbnail", (320, 240)),
                                 ("SH0070", "strip", (1600, 120)),
                                 ("SH0030", "thumbnail", (320, 320)),
                                 ("SH0030", "strip", (1600, 160))):
            address = wait_until(lambda: drawn(shot, kind), f"the {kind} of {shot}", 60, 0.1)
            status, headers, body = self.studio.cloud.request("GET", address)
            self.assertEqual((status, headers["Content-Type"]), (200, "image/jpeg"))
            self.assertEqual(jpeg_size(body), size)
        before = drawn("SH0070", "thumbnail")
        movie(self.studio.media, 7, 2, 30)
        self.measured("SH0070", frames=30)
        wait_until(lambda: drawn("SH0070", "thumbnail") not in (None, before),
                   "the picture of the new version", 60, 0.1)

    def measured_files(self):
        """Each file that was ever measured, and when."""
        cache = f"file:{self.studio.data}/local/media.sqlite?mode=ro"
        with contextlib.closing(sqlite3.connect(cache, uri=True)) as connection:
            return dict(connection.execute("SELECT key, measured_at FROM measured"))

    def test_a_second_start_measures_nothing_again(self):
        self.measured("SH0010", frames=24)
        self.measured("SH0020", frames=60)
        with self.studio.demo_asleep():
            self.studio.stop_role("local")
            before = self.measured_files()
            self.assertGreaterEqual(len(before), 2)
            movie(self.studio.media, 15, 1, 22)  # tells when everything was looked at
            self.studio.start_role("local")
            self.measured("SH0150", frames=22)
        after = self.measured_files()
        self.assertEqual({key: after.get(key) for key in before}, before)
        self.assertEqual(len(after), len(before) + 1)
        self.assertEqual(self.measured("SH0020")["frames"], 60)

    def test_a_new_render_that_lands_shows_up_by_itself(self):
        movie(self.studio.media, 6, 1, 36)
        self.measured("SH0060", frames=36, duration_seconds=1.5)
        wait_until(lambda: self.in_workbook("SH0060") == "36", "36 frames in the workbook")
        movie(self.studio.media, 6, 2, 12)
        self.measured("SH0060", frames=12, duration_seconds=0.5)
        wait_until(lambda: self.in_workbook("SH0060") == "12", "12 frames in the workbook")

    def test_a_file_of_no_shot_is_given_to_its_shot_and_taken_back(self):
        stray = self.studio.media / "inbox" / "kite flies.mp4"
        stray.parent.mkdir(exist_ok=True)
        ffmpeg("testsrc=size=64x48:rate=24", "-frames:v", "31", "-pix_fmt", "yuv420p", str(stray))
        cloud = self.studio.cloud

        def told():
            return [one["path"] for one in cloud.get("/api/media/unmatched")["data"]]
        wait_until(lambda: "inbox/kite flies.mp4" in told(), "the file among those of no shot")
        row = cloud.entry(shot="SH0080")
        cloud.call("PUT", "/api/media/pin", {"path": "inbox/kite flies.mp4", "entry_id": row["id"]})
        media = self.measured("SH0080", frames=31, path="inbox/kite flies.mp4")
        self.assertIn("PINNED", media["flags"])
        wait_until(lambda: self.in_workbook("SH0080") == "31", "31 frames in the workbook")
        wait_until(lambda: "inbox/kite flies.mp4" not in told(), "the file to be gone from the list")
        with self.studio.demo_asleep():
            self.studio.stop_role("local")
            movie(self.studio.media, 9, 1, 20)
            self.studio.start_role("local")
        self.measured("SH0090", frames=20)  # by now it has looked at everything
        self.assertEqual(cloud.entry(shot="SH0080")["media"]["frames"], 31)
        cloud.call("PUT", "/api/media/pin", {"path": "inbox/kite flies.mp4", "entry_id": None})
        wait_until(lambda: cloud.entry(shot="SH0080")["media"] is None, "names to decide again")

    def test_a_file_that_fits_two_shots_is_neithers_and_both_are_told(self):
        folder = self.studio.media / "SC500" / "SH5000"
        folder.mkdir(parents=True)
        ffmpeg("testsrc=size=64x48:rate=24", "-frames:v", "24", str(folder / "playblast_v001.mp4"))
        edit = Edit(self.studio.workbook)
        for animator, episode in (("Mina", "EP01 Harbour"), ("Jonas", "EP02 Harbour")):
            edit.append((animator, "Series", episode, "SC500", "SH5000", "20260105", "Review", ""))
        edit.save()

        def problems():
            rows = self.studio.cloud.get("/api/production-data?shot=SH5000")["data"]
            found = [(row["media"] or {}).get("problem") for row in rows]
            return found if len(found) == 2 and all(found) else None
        for problem in wait_until(problems, "both rows to say that the file is ambiguous", 60, 0.1):
            self.assertRegex(problem, "^ambiguous: SC500/SH5000/playblast_v001.mp4 fits "
                                      '"EP01 Harbour SC500 SH5000" and "EP02 Harbour SC500 SH5000"')
        movie_of_one = folder / "ep02_sc500_sh5000_v001.mp4"
        ffmpeg("testsrc=size=64x48:rate=24", "-frames:v", "30", str(movie_of_one))

        def frames():
            rows = self.studio.cloud.get("/api/production-data?shot=SH5000")["data"]
            return {row["episode_title"]: row["media"]["frames"] for row in rows}
        wait_until(lambda: frames() == {"EP01 Harbour": None, "EP02 Harbour": 30},
                   "the file that names its episode to be measured", 60, 0.1)

    def test_what_a_person_typed_over_a_measurement_stays_until_it_is_cleared(self):
        movie(self.studio.media, 16, 1, 24)
        wait_until(lambda: self.in_workbook("SH0160") == "24", "24 frames in the workbook", 60)

        def typed(value):
            edit = Edit(self.studio.workbook)
            header = [text_of(cell.value) for cell in edit.sheet[edit.header_row]]
            edit.sheet.cell(edit.find("SH0160"), header.index("Frames") + 1).value = value
            edit.save()
        typed(99)
        movie(self.studio.media, 16, 2, 30)
        self.measured("SH0160", frames=30)
        movie(self.studio.media, 17, 1, 18)  # written after it
        wait_until(lambda: self.in_workbook("SH0170") == "18", "18 frames in the workbook", 60)
        self.assertEqual(self.in_workbook("SH0160"), "99")
        typed(None)
        movie(self.studio.media, 16, 3, 36)
        wait_until(lambda: self.in_workbook("SH0160") == "36", "36 frames in the workbook", 60)

    def test_a_row_that_is_typed_later_finds_its_render(self):
        movie(self.studio.media, 91, 1, 18)
        Edit(self.studio.workbook).append(workbooks.sample_row(91)).save()
        wait_in_api(self.studio, "SH0910")
        self.measured("SH0910", frames=18)
