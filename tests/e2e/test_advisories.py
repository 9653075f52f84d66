"""Every decision about a Linux package against a second opinion that shares nothing with the program
(advisory_oracle.py): advisories of the mirror and made ones, on servers with random versions.

ASSAY_SEED repeats a run, ASSAY_ROUNDS (1) and ASSAY_PACKAGES make it larger; CONTRIBUTING.md.
"""
import collections
import csv
import gzip
import html
import io
import json
import os
import random
import re
import subprocess

import advisory_feeds as made
import advisory_oracle as oracle
import advisory_server
import advisory_software
import advisory_versions as versions
import osv_mirror
import tap

SEED = int(os.environ.get("ASSAY_SEED") or 20240305)
ROUNDS = int(os.environ.get("ASSAY_ROUNDS") or 1)
PACKAGES = int(os.environ.get("ASSAY_PACKAGES") or 200)
AS_OF = "2026-05-01"
OSV = "storage.googleapis.com/osv-vulnerabilities"
print(f"# seed {SEED}: ASSAY_SEED={SEED} repeats this run", flush=True)


def assess(folder, knowledge, document, *words):
    path = folder / "server.json"
    path.write_text(json.dumps(document))
    return tap.assay("assess", path, "--knowledge", knowledge, "--as-of", AS_OF, "--all",
                     "--format", "json", *words, status=None).json()


class Tally:
    """Decisions by system, and the first differences of each kind."""

    def __init__(self):
        self.decisions, self.kinds, self.shown = collections.Counter(), collections.Counter(), []

    def compare(self, name, folder, knowledge, document, advisories):
        server = advisory_server.Server(document, advisories)
        answer = assess(folder, knowledge, document)
        found = advisory_server.differences(server, answer["findings"])
        self.decisions[name] += sum(server.decisions.values())
        for difference in found:
            self.kinds[difference[0]] += 1
            if self.kinds[difference[0]] <= 3:
                self.shown.append(f"{name}: {difference}")

    def finish(self):
        for name, count in sorted(self.decisions.items()):
            print(f"# {name}: {count:,} decisions")
        if self.kinds:
            raise AssertionError("\n".join([f"seed {SEED}: {dict(self.kinds)}", *self.shown]))


def system_of(name, release):
    return {"id": name, "name": name, "version_id": release, "version": release}


def test_orders_are_those_of_dpkg_and_rpm(folder):
    """The second opinion's own orders against the programs that made them."""
    chance = random.Random(SEED)

    def text(letters):
        return "".join(chance.choice(letters) for _ in range(chance.randint(1, 7)))
    pairs = [("1" + text("01a~^.+b_"), "1" + text("01a~^.+b_")) for _ in range(2000)]
    (folder / "pairs").write_text("".join(f"{a} {b}\n" for a, b in pairs))
    script = (f"%{{lua: for line in io.lines('{folder}/pairs') do "
              "local a, b = line:match('(%S+) (%S+)'); print(rpm.vercmp(a, b) .. ' ') end}")
    done = subprocess.run(["rpm", "--eval", script], capture_output=True, text=True, check=True)
    tap.equal([versions.rpm(a, b) for a, b in pairs], [int(word) for word in done.stdout.split()])
    for _ in range(60):
        a = str(chance.randrange(3)) + text("01a~.+b")
        b = a + text("~+.0a") if chance.random() < .5 else "1:" + a
        a += chance.choice(("", "-1", "-1~a"))
        order = versions.dpkg(a, b)
        for word, holds in (("lt", order < 0), ("eq", order == 0), ("gt", order > 0)):
            done = subprocess.run(["dpkg", "--compare-versions", a, word, b], check=False)
            tap.equal(done.returncode == 0, holds, f"{a} {word} {b}")


def test_advisories_of_the_mirror(folder):
    mirror = tap.shared(f"mirror/{OSV}")
    (folder / "feeds" / OSV).parent.mkdir(parents=True)
    (folder / "feeds" / OSV).symlink_to(mirror)
    tap.assay("kb", "build", "--from", folder / "feeds", "--out", folder / "kb", status=3)
    advisories, tally = oracle.Advisories(), Tally()
    for feed in ("Debian", "AlmaLinux"):
        advisories.add_zip(mirror / feed / "all.zip")
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        for release in sorted(advisories.places):
            ecosystem, number = release.split(":")
            system = system_of(ecosystem.lower(), number)
            document = advisory_software.make_server(advisories, release, system, PACKAGES, chance)
            tally.compare(release, folder, folder / "kb", document, advisories)
    tally.finish()


def make_feeds(folder, size, chance, more=()):
    """Knowledge of made advisories of every system, and the same for the second opinion. more: feed,
    name and text of members besides."""
    advisories, feeds, known = oracle.Advisories(), {}, set()
    for number, form in enumerate(made.SERVERS, 1):
        for record in made.make_records(form, 10000 * number, size, chance):
            if (form["feed"], record["id"]) not in known:
                known.add((form["feed"], record["id"]))
                feeds.setdefault(form["feed"], []).append(record)
                advisories.add(record)
    osv_mirror.write(folder / "feeds", feeds, more)
    tap.assay("kb", "build", "--from", folder / "feeds", "--out", folder / "kb", status=3)
    return advisories


def test_advisories_of_every_system(folder):
    chance, tally = random.Random(SEED), Tally()
    advisories = make_feeds(folder, 150 * ROUNDS, chance)
    for form in made.SERVERS:
        system = {**system_of(form["os"]["id"], form["os"]["version_id"]), **form["os"]}
        release = advisory_server.fill(oracle.SYSTEMS[system["id"]].ecosystem, system)
        for facts in [(), form["facts"]] if "facts" in form else [()]:
            document = advisory_software.make_server(advisories, release, system, 1 << 20, chance,
                                                     facts)
            name = f"{system['id']} {system['version_id']}" + (", enrolled" if facts else "")
            tally.compare(name, folder, folder / "kb", document, advisories)
    tally.finish()


# ---- what is said of findings ----

def small_server(folder, chance):
    """A server of many kinds of answers, its knowledge and the advisories behind it."""
    advisories = make_feeds(folder, 120 * ROUNDS, chance)
    document = advisory_software.make_server(advisories, "Debian:12", system_of("debian", "12"),
                                             1 << 20, chance)
    return advisories, document


def test_explain_says_what_assess_says(folder):
    chance = random.Random(SEED)
    advisories, document = small_server(folder, chance)
    findings = assess(folder, folder / "kb", document)["findings"]
    vulnerable = {(row["cve"], row["software"]) for row in findings}
    server, answers = advisory_server.Server(document, advisories), {}
    for package in document["software"]:
        asked = server.asked(package)
        order, claims = server.claims(package, asked)
        for cve, group in claims.items():
            answer, _ = oracle.decide(order, group, server.enrolled)
            answers.setdefault((cve, server.title(package, asked)), set()).add(answer.state)
    several = chance.sample(sorted(answers), min(len(answers), 60 * ROUNDS))
    for cve, software in several:
        said = tap.assay("explain", folder / "server.json", cve, software, "--knowledge",
                         folder / "kb", "--as-of", AS_OF, "--format", "json", status=None).json()
        verdicts = {row["verdict"].replace("_", " ") for row in said["explanations"]}
        tap.equal(verdicts, answers[cve, software], f"{cve} {software}")
        tap.equal("vulnerable" in verdicts, (cve, software) in vulnerable, f"{cve} {software}")


def text_of(cell):
    return html.unescape(re.sub("<[^>]*>", "", cell)).strip()


def test_formats_say_the_same(folder):
    _, document = small_server(folder, random.Random(SEED))
    answer = assess(folder, folder / "kb", document)
    words = ["assess", folder / "server.json", "--knowledge", folder / "kb", "--as-of", AS_OF,
             "--all", "--no-color", "--format"]
    expected = [(row["cve"], row["software"]) for row in answer["findings"]]
    tap.equal(len(expected) > 40, True, f"{len(expected)} findings")
    rows = list(csv.DictReader(io.StringIO(tap.assay(*words, "csv", status=None).out)))
    tap.equal([(row["cve"], row["software"]) for row in rows], expected, "CSV")
    for row, finding in zip(rows, answer["findings"]):
        tap.equal((row["installed"], row["fixed_in"], row["level"], row["packages"]),
                  (finding["installed"], finding["fixed_in"] or "", finding["level"],
                   " ".join(finding["packages"])), finding["cve"])
    shown = re.findall(r"<tr data-l=.*?</tr>", tap.assay(*words, "html", status=None).out, re.S)
    cells = [[text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.S)] for row in shown]
    tap.equal([tuple(row[:2]) for row in cells], expected, "HTML")
    table = tap.assay(*words, "table", status=None).out
    listed = re.findall(r"^(\S+) +(CVE-\d+-\d+) ", table, re.M)
    tap.equal([(cve, software) for software, cve in listed], expected, "table")
    total = len({cve for cve, _ in expected})
    tap.equal(answer["counts"]["confirmed"]["total"], total)
    tap.contains(table, f"({total} vulnerabilities")


# ---- scores, exploitation and its probability ----

METRICS = (("cvssMetricV40", "4.0"), ("cvssMetricV31", "3.1"), ("cvssMetricV30", "3.0"),
           ("cvssMetricV2", "2.0"))
WHOSE = {"nvd@nist.gov": "NVD", "134c704f-9b21-4f2e-91b3-4a467353bcc0": "ADP"}
NVD = "nvd.nist.gov/feeds/json/cve/2.0"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"


def score_of(cve):
    """Version, source and score that speak: the newest version, NVD before the CNA before an ADP."""
    for key, version in METRICS:
        scores = {WHOSE.get(row["source"], "CNA"): row["cvssData"]["baseScore"]
                  for row in reversed(cve.get("metrics", {}).get(key, []))
                  if row["cvssData"].get("baseScore") is not None}
        for source in ("NVD", "CNA", "ADP"):
            if source in scores:
                return version, source, scores[source]
    return None, None, None


def level_of(version, score):
    if score is None:
        return "unknown"
    if score >= 9:
        return "high" if version == "2.0" else "critical"
    return "high" if score >= 7 else "medium" if score >= 4 else "low"


def read_scores(feeds, years):
    """Records of NVD by CVE, of KEV by CVE, and both numbers of EPSS as they are written."""
    records = {}
    for year in years:
        with gzip.open(feeds / f"{NVD}/nvdcve-2.0-{year}.json.gz") as file:
            records.update((item["cve"]["id"], item["cve"])
                           for item in json.load(file)["vulnerabilities"])
    exploited = {row["cveID"]: row
                 for row in json.loads((feeds / KEV).read_text())["vulnerabilities"]}
    with gzip.open(feeds / EPSS, "rt") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return records, exploited, {cve: values for cve, *values in rows}


def check_scores(row, record, known, probability):
    version, source, score = score_of(record)
    tap.equal((row["cvss_version"], row["score_source"], row["score"], row["level"]),
              (version, source, score, level_of(version, score)), row["cve"])
    tap.equal((row["known_exploited"], row["exploited_since"]),
              (bool(known), known and known["dateAdded"]), row["cve"])
    for key, text in zip(("epss", "epss_percentile"), probability):
        said = row[key]
        tap.equal(said is None if text is None else abs(said - float(text)) < 6e-6, True,
                  f"{row['cve']} {key}: {said}, {text}")


def test_scores_are_those_of_the_feeds(folder):
    chance, mirror, feeds = random.Random(SEED), tap.shared("mirror"), folder / "feeds"
    years = chance.sample(range(2014, 2019), min(5, ROUNDS))
    for name in [KEV, EPSS, OSV, *(f"{NVD}/nvdcve-2.0-{year}.json.gz" for year in years)]:
        (feeds / name).parent.mkdir(parents=True, exist_ok=True)
        (feeds / name).symlink_to(mirror / name)
    tap.assay("kb", "build", "--from", feeds, "--out", folder / "kb", status=3)
    records, exploited, scores = read_scores(feeds, years)
    advisories = oracle.Advisories()
    advisories.add_zip(mirror / OSV / "Debian/all.zip")
    document = advisory_software.make_server(advisories, "Debian:8", system_of("debian", "8"),
                                             PACKAGES, chance)
    findings = assess(folder, folder / "kb", document)["findings"]
    for row in findings:
        cve = row["cve"]
        check_scores(row, records.get(cve, {}), exploited.get(cve), scores.get(cve, (None, None)))
    scored = sum(row["score"] is not None for row in findings)
    print(f"# {len(findings):,} findings, {scored:,} of them with a score")
    tap.equal(scored > 20, True, "scores")


# ---- records that are broken ----

JUNK = [None, 0, -1, 1e300, True, "", "0", "\u0000", "x" * 5000, [], {}, [None], [[]], {"": ""},
        "CVE-2024-", {"introduced": 1}, [{"introduced": "0", "fixed": "1", "limit": "0.5"}],
        [{"fixed": "1"}], [{"last_affected": "1"}, {"fixed": "1"}], "Debian:", ":", "::", "Red Hat:",
        "SUSE:Linux Enterprise Module for ", "SUSE:Linux Enterprise Module for x", "Unknown:1"]


def places_of(value):
    """Every container of a document with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places_of(inner)


def break_record(record, chance):
    """One to three places of the record are junk, missing or said twice."""
    for _ in range(chance.randint(1, 3)):
        within, key = chance.choice(list(places_of(record)))
        dice = chance.random()
        if dice < .2:
            del within[key]
        elif dice < .3 and isinstance(within, list):
            within.append(within[key])
        else:
            within[key] = json.loads(json.dumps(chance.choice(JUNK)))


def test_broken_records_spoil_no_others(folder):
    chance, tally, texts = random.Random(SEED), Tally(), []
    for number, form in enumerate(made.SERVERS, 100):
        for record in made.make_records(form, 10000 * number, 60 * ROUNDS, chance):
            # Of packages and CVEs of their own.
            record = json.loads(json.dumps(record).replace("pkg", "bad").replace("-2024-", "-2021-"))
            break_record(record, chance)
            texts.append((form["feed"], f"{len(texts)}.json", json.dumps(record)))
    advisories = make_feeds(folder, 40 * ROUNDS, chance, texts)
    for form in made.SERVERS:
        system = {**system_of(form["os"]["id"], form["os"]["version_id"]), **form["os"]}
        release = advisory_server.fill(oracle.SYSTEMS[system["id"]].ecosystem, system)
        document = advisory_software.make_server(advisories, release, system, 1 << 20, chance)
        tally.compare(system["id"], folder, folder / "kb", document, advisories)
        for package in document["software"]:
            package.update(name=package["name"].replace("pkg", "bad"),
                           source=package.get("source", package["name"]).replace("pkg", "bad"))
        assess(folder, folder / "kb", document)
    tally.finish()


if __name__ == "__main__":
    tap.main(globals())
