"""Who may do what: every cell of the table role x route x method; signing in; other sites' pages.

The table here is written from the contract, not taken from the program; a route that the program
has and this table lacks is a failure.
"""

import re
import threading
import unittest

from cloud_process import (ADMIN_EMAIL, ADMIN_PASSWORD, STUDIO_KEY, CloudProcess, CloudTest,
                           entry)

OPEN = "open"
KEY = "studio key"
ROLES = ("viewer", "animator", "producer", "admin")
READ = set(ROLES)
WRITE = {"animator", "producer", "admin"}
PRODUCE = {"producer", "admin"}
ADMIN = {"admin"}

TABLE = {
    ("GET", "/api/health"): OPEN,
    ("GET", "/api/db-test"): OPEN,
    ("GET", "/api/sync/status"): OPEN,
    ("GET", "/api/openapi.json"): OPEN,
    ("GET", "/api/docs"): OPEN,
    ("POST", "/api/login"): OPEN,
    ("POST", "/api/logout"): READ,
    ("GET", "/api/me"): READ,
    ("PATCH", "/api/me"): READ,
    ("GET", "/api/me/sessions"): READ,
    ("DELETE", "/api/me/sessions/{session}"): READ,
    ("GET", "/api/production-data"): READ,
    ("GET", "/api/production-data/with-local-sync"): READ,
    ("POST", "/api/production-data"): WRITE,
    ("PATCH", "/api/production-data"): WRITE,
    ("DELETE", "/api/production-data"): WRITE,
    ("GET", "/api/production-data/{id}"): READ,
    ("PUT", "/api/production-data/{id}"): WRITE,
    ("PATCH", "/api/production-data/{id}"): WRITE,
    ("DELETE", "/api/production-data/{id}"): WRITE,
    ("POST", "/api/production-data/{id}/restore"): WRITE,
    ("GET", "/api/production-data/{id}/history"): READ,
    ("GET", "/api/conflicts"): READ,
    ("POST", "/api/conflicts/{id}/restore"): WRITE,
    ("POST", "/api/changes/{batch}/undo"): WRITE,
    ("GET", "/api/held"): READ,
    ("POST", "/api/held/{id}/approve"): PRODUCE,
    ("POST", "/api/held/{id}/reject"): PRODUCE,
    ("GET", "/api/duplicates"): READ,
    ("POST", "/api/duplicates/{id}/keep"): WRITE,
    ("GET", "/api/sync/log"): READ,
    ("GET", "/api/events"): READ,
    ("GET", "/api/summary"): READ,
    ("GET", "/api/media/{id}/thumbnail"): READ,
    ("GET", "/api/media/{id}/strip"): READ,
    ("GET", "/api/media/pictures"): READ,
    ("GET", "/api/media/unmatched"): READ,
    ("PUT", "/api/media/pin"): PRODUCE,
    ("GET", "/api/users"): ADMIN,
    ("POST", "/api/users"): ADMIN,
    ("PATCH", "/api/users/{id}"): ADMIN,
    ("GET", "/api/tokens"): PRODUCE,
    ("POST", "/api/tokens"): PRODUCE,
    ("DELETE", "/api/tokens/{id}"): PRODUCE,
    ("GET", "/api/targets"): READ,
    ("PUT", "/api/targets"): PRODUCE,
    ("GET", "/api/summary/export"): READ,
    ("POST", "/api/presence"): READ,
    ("GET", "/api/shared"): READ,
    ("PUT", "/api/shared/{name}"): PRODUCE,
    ("POST", "/api/import/read"): WRITE,
    ("POST", "/api/import"): WRITE,
    ("GET", "/api/export"): READ,
    ("GET", "/metrics"): PRODUCE,
    ("GET", "/api/sync/link"): KEY,
    ("POST", "/api/sync/link/hello"): KEY,
    ("POST", "/api/sync/link/pull"): KEY,
    ("POST", "/api/sync/link/push"): KEY,
    ("POST", "/api/sync/link/applied"): KEY,
    ("POST", "/api/sync/link/observed"): KEY,
    ("POST", "/api/sync/link/report"): KEY,
    ("POST", "/api/sync/link/offer"): KEY,
    ("POST", "/api/sync/link/picture"): KEY,
    ("POST", "/api/sync/link/files"): KEY,
    ("POST", "/api/sync/link/pins"): KEY,
    ("POST", "/api/sync/link/plans"): KEY,
}


def concrete(path):
    return (path.replace("{id}", "99999999").replace("{batch}", "none")
            .replace("{name}", "views").replace("{session}", "none"))


class Table(CloudTest):
    def status_of(self, api, method, path):
        body = None if method == "GET" else {}
        if (method, path) == ("GET", "/api/events"):
            # A stream never ends: a bad id is refused only after the caller was let in.
            return api.request(method, path + "?after=x")[0]
        if path.endswith("with-local-sync"):
            path += "?wait=0"
        return api.request(method, concrete(path), body)[0]

    def test_the_document_lists_exactly_the_routes_of_the_contract(self):
        document = self.cloud.open.get("/api/openapi.json")
        self.assertEqual(document["openapi"], "3.1.0")
        listed = {(method.upper(), path) for path, methods in document["paths"].items()
                  for method in methods}
        self.assertEqual(listed, set(TABLE))
        for (method, path), who in TABLE.items():
            roles = document["paths"][path][method.lower()].get("x-roles")
            if isinstance(who, set) and path != "/metrics":
                self.assertEqual(set(roles), who, path)

    def test_every_listed_route_is_served_and_no_other_method(self):
        by_path = {}
        for method, path in TABLE:
            by_path.setdefault(path, set()).add(method)
        admin = self.cloud.caller("admin")
        for path, methods in by_path.items():
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                if method in methods or path == "/api/sync/link":
                    continue
                with self.subTest(f"{method} {path}"):
                    status, headers, _ = admin.request(method, concrete(path), {})
                    self.assertEqual(status, 405)
                    self.assertLessEqual(methods, set(re.split(r"[, ]+", headers["Allow"])))

    def test_every_cell_of_the_table(self):
        callers = {role: self.cloud.caller(role) for role in ROLES}
        for (method, path), who in TABLE.items():
            with self.subTest(f"{method} {path} as nobody"):
                status = self.status_of(self.cloud.open, method, path)
                if who == OPEN:
                    self.assertNotIn(status, (403, 404, 405))
                else:
                    self.assertEqual(status, 401)
            for role, api in callers.items():
                with self.subTest(f"{method} {path} as {role}"):
                    status = self.status_of(api, method, path)
                    if who == KEY:
                        self.assertEqual(status, 401)
                    elif who == OPEN or role in who:
                        self.assertNotIn(status, (403, 405, 500))
                        if (method, path) != ("POST", "/api/login"):
                            self.assertNotEqual(status, 401)
                    else:
                        self.assertEqual(status, 403)

    def test_the_studios_key_opens_the_link_and_nothing_else(self):
        for (method, path), who in TABLE.items():
            if path == "/api/sync/link" or who == OPEN:
                continue
            with self.subTest(f"{method} {path}"):
                status = self.status_of(self.cloud.studio(), method, path)
                if who == KEY:
                    self.assertNotIn(status, (401, 403, 404))
                else:
                    self.assertEqual(status, 401)
        wrong = self.cloud.open.request("POST", "/api/sync/link/hello", {},
                                        headers={"X-API-Key": STUDIO_KEY + "x"})
        self.refused(401, wrong, "X-API-Key")

    def test_animators_change_their_own_rows_only(self):
        ana = self.cloud.caller("animator", ["Ana"])
        mine = ana.create(**entry(animator="Ana", shot="OWN"))
        other = self.api.create(**entry(animator="Ben", shot="OTHER"))
        self.assertEqual(ana.change(mine["id"], status="done")["status"], "done")
        url = f"/api/production-data/{other['id']}"
        self.refused(403, ana.request("PATCH", url, {"status": "done"}))
        self.refused(403, ana.request("DELETE", url))
        self.refused(403, ana.request("POST", "/api/production-data", entry(animator="Ben")))
        self.refused(403, ana.request("PATCH", f"/api/production-data/{mine['id']}",
                                      {"animator": "Ben"}))
        self.refused(403, ana.request("DELETE", "/api/production-data",
                                      {"ids": [mine["id"], other["id"]]}))
        self.assertEqual(self.api.get(url)["data"]["status"], "wip")


class SignIn(CloudTest):
    def test_a_session_lives_from_sign_in_to_sign_out(self):
        status, headers, body = self.cloud.open.request(
            "POST", "/api/login", {"email": ADMIN_EMAIL.upper(), "password": ADMIN_PASSWORD})
        self.assertEqual((status, body["data"]["role"]), (200, "admin"))
        cookie = headers["Set-Cookie"]
        self.assertRegex(cookie, r"^at_session=[0-9a-f]{64}; ")
        for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
            self.assertIn(part, cookie)
        page = self.cloud.with_cookie(cookie.split(";")[0])
        self.assertEqual(page.get("/api/me")["data"]["email"], ADMIN_EMAIL)
        self.assertIn("local", page.get("/api/sync/status"))
        page.call("POST", "/api/logout", {})
        self.refused(401, page.request("GET", "/api/me"))

    def test_a_person_sees_where_they_are_signed_in_and_signs_out_there(self):
        here, there = (self.cloud.with_cookie(self.cloud.sign_in()) for _ in range(2))
        def current(page):
            return [one["id"] for one in page.get("/api/me/sessions")["data"] if one["current"]]

        [own], [other] = current(here), current(there)
        self.assertNotEqual(own, other)
        token = self.cloud.caller("admin")  # it has no sessions, and no power over those of others
        self.assertEqual(token.get("/api/me/sessions")["data"], [])
        self.refused(404, token.request("DELETE", f"/api/me/sessions/{other}"))
        here.call("DELETE", f"/api/me/sessions/{other}")
        self.refused(401, there.request("GET", "/api/me"))
        self.refused(404, here.request("DELETE", f"/api/me/sessions/{other}"))
        self.assertNotIn(other, [one["id"] for one in here.get("/api/me/sessions")["data"]])
        self.assertEqual(here.get("/api/me")["data"]["via"], "session")

    def test_the_cookie_is_host_bound_and_secure_behind_https(self):
        _, headers, _ = self.cloud.open.request(
            "POST", "/api/login", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD},
            headers={"X-Forwarded-Proto": "https"})
        self.assertRegex(headers["Set-Cookie"],
                         r"^__Host-at_session=[0-9a-f]{64}; Path=/; .*Secure")
        page = self.cloud.with_cookie(headers["Set-Cookie"].split(";")[0])
        self.assertEqual(page.get("/api/me")["data"]["via"], "session")

    def test_no_session_id_or_password_stands_in_the_database_or_the_log(self):
        cookie = self.cloud.sign_in()
        secret = cookie.split("=")[1]
        tables = self.database.sql("select tablename from pg_tables where schemaname = 'public'")
        self.assertIn("production_summary", tables)
        dump = "\n".join(line for table in tables
                         for line in self.database.sql(f"select t::text from {table} t"))
        for text in (secret, ADMIN_PASSWORD):
            self.assertNotIn(text, dump)
            self.assertNotIn(text, self.cloud.log())

    def test_wrong_passwords_look_alike_and_slow_down(self):
        wrong = [self.cloud.open.request("POST", "/api/login",
                                         {"email": email, "password": "x" * 12})
                 for email in ("nobody@studio.example", "other@studio.example")]
        for answer in wrong:
            self.refused(401, answer)
        self.assertEqual(wrong[0][2], wrong[1][2])
        for _ in range(2):
            self.cloud.open.request("POST", "/api/login",
                                    {"email": "nobody@studio.example", "password": "x" * 12})
        status, headers, _ = self.cloud.open.request(
            "POST", "/api/login", {"email": "nobody@studio.example", "password": "x" * 12})
        self.assertEqual(status, 429)
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        self.refused(422, self.cloud.open.request("POST", "/api/login", {"email": "a@b"}),
                     "password")

    def test_many_sign_ins_at_once_wait_in_a_short_line(self):
        answers = []

        def sign_in():
            answers.append(self.cloud.open.request(
                "POST", "/api/login", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD},
                timeout=60))
        threads = [threading.Thread(target=sign_in) for _ in range(40)]
        for thread in threads:
            thread.start()
        self.assertEqual(self.cloud.open.request("GET", "/api/health")[0], 200)
        for thread in threads:
            thread.join()
        statuses = [status for status, _, _ in answers]
        self.assertLessEqual(set(statuses), {200, 429})
        self.assertGreaterEqual(statuses.count(200), 20)
        for status, headers, _ in answers:
            self.assertEqual("Retry-After" in headers, status == 429)

    def test_another_sites_page_can_not_change_anything(self):
        cookie = self.cloud.sign_in()
        host = f"127.0.0.1:{self.cloud.port}"
        cases = [({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
                 ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403),
                 ({"Sec-Fetch-Site": "same-origin"}, 201), ({"Origin": f"http://{host}"}, 201)]
        for headers, expected in cases:
            with self.subTest(headers):
                status, _, _ = self.cloud.open.request(
                    "POST", "/api/production-data", entry(), headers={"Cookie": cookie, **headers})
                self.assertEqual(status, expected)

    def test_allowed_hosts_names_what_the_cloud_answers_to(self):
        cloud = CloudProcess(self.database, ALLOWED_HOSTS="studio.example, other.example")
        self.addCleanup(cloud.close)
        for host, path, expected in (("studio.example", "/api/db-test", 200),
                                     ("other.example:8443", "/api/db-test", 200),
                                     ("127.0.0.1", "/api/db-test", 200),
                                     ("evil.example", "/api/health", 200)):
            with self.subTest(host=host):
                self.assertEqual(cloud.open.request("GET", path, headers={"Host": host})[0],
                                 expected)
        body = self.refused(403, cloud.open.request("GET", "/api/db-test",
                                                    headers={"Host": "evil.example"}), "Host")
        self.assertIn("ALLOWED_HOSTS", self.dump(body))

    def test_accounts_are_made_changed_and_disabled_by_administrators(self):
        admin = self.cloud.with_cookie(self.cloud.sign_in())
        made = admin.call("POST", "/api/users", {"email": "Ben@Studio.example", "name": "Ben",
                                                 "role": "animator", "animator_names": ["Benny"]})
        link = made["link"]
        self.assertRegex(link, r"^/#token=[0-9a-f]{64}$")
        token = link.split("=")[1]
        status, headers, body = self.cloud.open.request("POST", "/api/login", {"token": token})
        self.assertEqual((status, body["data"]["name"], body["data"]["has_password"]),
                         (200, "Ben", False))
        self.refused(401, self.cloud.open.request("POST", "/api/login", {"token": token}), "token")
        ben = self.cloud.with_cookie(headers["Set-Cookie"].split(";")[0])
        ben.create(**entry(animator="Benny", shot="BEN"))
        self.refused(422, ben.request("PATCH", "/api/me", {"password": "short"}), "password")
        self.assertTrue(ben.call("PATCH", "/api/me", {"password": "a long new password"})
                        ["data"]["has_password"])
        self.cloud.sign_in("ben@studio.example", "a long new password")
        self.refused(422, ben.request("PATCH", "/api/me", {"password": "another long one",
                                                           "current_password": "guess"}),
                     "current_password")
        self.refused(409, admin.request("POST", "/api/users", {
            "email": "ben@studio.example", "name": "B", "role": "viewer"}))
        admin.call("PATCH", f"/api/users/{made['data']['id']}", {"disabled": True})
        self.refused(401, ben.request("GET", "/api/me"))
        own = admin.get("/api/me")["data"]["id"]
        self.refused(422, admin.request("PATCH", f"/api/users/{own}", {"role": "viewer"}), "role")

    def test_tokens_are_shown_once_and_can_be_revoked(self):
        producer = self.cloud.caller("producer")
        made = producer.call("POST", "/api/tokens", {"name": "script", "role": "viewer", "days": 1})
        self.assertNotIn(made["token"], self.dump(producer.get("/api/tokens")))
        script = self.cloud.with_token(made["token"])
        self.assertEqual(script.get("/api/me")["data"]["via"], "token")
        producer.call("DELETE", f"/api/tokens/{made['data']['id']}")
        self.refused(401, script.request("GET", "/api/me"))
        self.refused(403, producer.request("POST", "/api/tokens",
                                           {"name": "up", "role": "admin"}), "role")
        self.refused(422, producer.request("POST", "/api/tokens", {"name": "x", "role": "king"}),
                     "role")


class FirstStart(CloudTest):
    variables = {"ADMIN_EMAIL": None, "ADMIN_PASSWORD": None}

    def test_the_first_start_logs_a_link_that_signs_in_once(self):
        token = re.search(r"/#token=([0-9a-f]{64})", self.cloud.log())[1]
        status, headers, body = self.cloud.open.request("POST", "/api/login", {"token": token})
        self.assertEqual((status, body["data"]["role"]), (200, "admin"))
        page = self.cloud.with_cookie(headers["Set-Cookie"].split(";")[0])
        self.assertEqual(page.get("/api/users")["data"][0]["role"], "admin")


class Documents(CloudTest):
    def test_the_page_to_read_runs_no_script(self):
        status, headers, body = self.cloud.open.request("GET", "/api/docs")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/html"))
        # the last of them is what stands here: there is but one, and it lets the page's style in
        self.assertRegex(headers["Content-Security-Policy"],
                         "^default-src 'none'; style-src 'sha256-")
        self.assertNotIn("<script", body)
        for _, path in TABLE:
            self.assertIn(re.sub(r"{(\w+)}", r":\1", path), body)

    def test_metrics_are_prometheus_text(self):
        status, headers, body = self.api.request("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertIn("\ntracker_http_requests_total ", body)
        self.assertIn("tracker_exceptions_total 0", body)


if __name__ == "__main__":
    unittest.main()
