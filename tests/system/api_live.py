"""What is live: events, two cloud processes on one database, PostgreSQL restarted under load."""

import json
import signal
import threading
import time
import unittest

from client import Events, wait_until
from cloud_process import CloudProcess, CloudTest, Database, entry


class Stream(Events):
    """Events of one caller; `changes()` are those without a name."""

    def __init__(self, cloud, last_id=None):
        self.parsed, self.found = 0, []
        super().__init__(cloud, last_id)

    def changes(self):
        while self.parsed < len(self.seen):
            one = json.loads(self.seen[self.parsed][1])
            self.found += [one] if "seq" in one else []
            self.parsed += 1
        return self.found

    def wait_for(self, count):
        wait_until(lambda: len(self.changes()) >= count,
                   f"{count} changes; {len(self.changes())} came")
        return self.changes()


class Live(CloudTest):
    def stream(self, api=None, last_id=None):
        stream = Stream(api or self.api, last_id)
        self.addCleanup(stream.close)
        wait_until(lambda: stream.heard, "the status, first on every stream")
        return stream

    def test_every_change_is_one_event_with_the_entry_after_it(self):
        stream = self.stream()
        row = self.api.create(**entry(shot="E1"))
        self.api.change(row["id"], status="done")
        self.api.delete(row["id"])
        changes = stream.wait_for(3)
        self.assertEqual([change["op"] for change in changes], ["insert", "edit", "delete"])
        # A reader that is late gets the entry with the change's own time.
        times = {name: changes[0]["entry"][name] for name in ("created_at", "updated_at")}
        self.assertEqual(changes[0]["entry"], row | times)
        self.assertEqual(changes[1]["entry"]["status"], "done")
        self.assertIsNone(changes[2]["entry"])
        numbers = [int(number) for number, data in stream.seen if "seq" in json.loads(data)]
        self.assertEqual(numbers, [change["seq"] for change in changes])
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_a_stream_resumes_where_it_was(self):
        row = self.api.create(**entry(shot="R1"))
        for status in ("a", "b", "c", "d"):
            last = self.api.change(row["id"], status=status)
        stream = self.stream(last_id=row["version"])
        changes = stream.wait_for(4)
        self.assertEqual([change["after"]["status"] for change in changes], ["a", "b", "c", "d"])
        self.assertEqual(changes[-1]["seq"], last["version"])
        self.refused(400, self.api.request("GET", "/api/events?after=x"), "Last-Event-ID")

    def test_the_cursor_of_a_list_is_where_its_events_begin(self):
        cursor = self.api.get("/api/production-data")["cursor"]
        row = self.api.create(**entry(shot="C1"))
        stream = self.stream(last_id=cursor)
        self.assertEqual(stream.wait_for(1)[0]["entry_id"], row["id"])

    def test_a_change_from_a_restored_database_resets_the_stream(self):
        headers = dict(self.api.headers)
        status, _, body = self.api.request("GET", "/api/events?after=99999999", headers=headers)
        self.assertEqual(status, 200)
        self.assertIn("event: reset", body)

    def test_changes_by_plain_sql_are_events_too(self):
        stream = self.stream()
        self.database.sql("insert into production_summary (animator, project_type, episode_title,"
                          " scene, shot, week_yyyymmdd, status) values"
                          " ('Sql', 'Series', 'Ep', '1', '2', '', 'wip')")
        change = stream.wait_for(1)[0]
        self.assertEqual((change["origin"], change["after"]["animator"]), ("sql", "Sql"))
        self.assertIn("Sql", {row["animator"] for row in self.api.entries()})

    def test_a_paste_of_5000_rows_is_seen_by_a_second_reader_at_once(self):
        stream = self.stream()
        rows = [entry(shot=f"{i:05}", notes=None) for i in range(5000)]
        began = time.monotonic()
        answer = self.api.call("POST", "/api/production-data", rows, timeout=60)
        written = time.monotonic() - began
        changes = stream.wait_for(5000)
        seen = time.monotonic() - began
        self.assertEqual(len({change["seq"] for change in changes}), 5000)
        self.assertEqual(len({change["batch_id"] for change in changes}), 1)
        print(f"  5,000 rows: written in {written:.2f} s, seen after {seen:.2f} s")
        self.api.call("POST", f"/api/changes/{answer['batch']}/undo", {}, timeout=60)

    def test_two_clouds_on_one_database_see_each_others_changes(self):
        second = CloudProcess(self.database)
        self.addCleanup(second.close)
        other = second.with_token(self.api.headers["Authorization"].split()[1])
        stream = self.stream(other)
        row = self.api.create(**entry(shot="TWO"))
        self.assertEqual(stream.wait_for(1)[0]["entry"]["shot"], "TWO")
        self.assertEqual(other.get(f"/api/production-data/{row['id']}")["data"], row)
        self.assertEqual(other.change(row["id"], status="done")["status"], "done")
        self.assertEqual(self.api.get(f"/api/production-data/{row['id']}")["data"]["status"],
                         "done")

    def test_a_stop_ends_streams_and_exits_0_soon(self):
        second = CloudProcess(self.database)
        self.addCleanup(second.close)
        other = second.with_token(self.api.headers["Authorization"].split()[1])
        self.stream(other)
        began = time.monotonic()
        self.assertEqual(second.stop(), 0)
        self.assertLess(time.monotonic() - began, 10)


class Restarts(unittest.TestCase):
    def test_postgresql_restarted_under_load_loses_and_doubles_nothing(self):
        database = Database()
        self.addCleanup(database.close)
        cloud = CloudProcess(database)
        self.addCleanup(cloud.close)
        api = cloud.caller("producer")
        stream = Stream(api)
        self.addCleanup(stream.close)
        accepted, refused, stop = [], [], threading.Event()

        def write(name):
            number = 0
            while not stop.is_set():
                number += 1
                shot = f"{name}-{number}"
                while True:  # as a script does: the same key until there is an answer
                    try:
                        status, _, _ = api.request(
                            "POST", "/api/production-data", entry(shot=shot),
                            headers={"Idempotency-Key": shot}, timeout=10)
                    except OSError:
                        status = 0
                    if status == 201:
                        accepted.append(shot)
                        break
                    refused.append(status)
                    time.sleep(0.02)

        writers = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(4)]
        for writer in writers:
            writer.start()
        for how in (signal.SIGINT, signal.SIGQUIT):
            reached = len(accepted) + 50
            wait_until(lambda: len(accepted) >= reached, "50 writes", 30)
            database.stop(how)
            wait_until(lambda: api.request("GET", "/api/health")[0] == 503, "503 without database")
            database.start()
            wait_until(lambda: api.request("GET", "/api/health")[0] == 200, "health again", 20)
        reached = len(accepted) + 50
        wait_until(lambda: len(accepted) >= reached, "50 writes after the restarts", 30)
        stop.set()
        for writer in writers:
            writer.join(20)
        self.assertLessEqual(set(refused), {503}, "503 while the database is away, nothing else")
        shots = sorted(row["shot"] for row in api.entries())
        self.assertEqual(shots, sorted(accepted))
        cursor = api.get("/api/production-data?limit=1")["cursor"]
        resumed = Stream(api, 0)
        self.addCleanup(resumed.close)
        wait_until(lambda: resumed.changes() and str(resumed.changes()[-1]["seq"]) == cursor,
                   "the whole feed", 20)
        self.assertEqual(sorted(change["after"]["shot"] for change in resumed.changes()), shots)
        self.assertIs(cloud.process.poll(), None)


if __name__ == "__main__":
    unittest.main()
