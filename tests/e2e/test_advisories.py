"""Every decision about a Linux package against a second opinion that shares nothing with the program
(advisory_oracle.py): advisories of the mirror and made ones, on servers with random versions.

ASSAY_SEED repeats a run, ASSAY_ROUNDS (1) and ASSAY_PACKAGES make it larger; CONTRIBUTING.md.
"""
import collections
import json
import os
import random
import subprocess

import advisory_feeds as made
import advisory_oracle as oracle
import advisory_server
import advisory_software
import advisory_versions as versions
import tap

SEED = int(os.environ.get("ASSAY_SEED") or 20240305)
ROUNDS = int(os.environ.get("ASSAY_ROUNDS") or 1)
PACKAGES = int(os.environ.get("ASSAY_PACKAGES") or 300)
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


def make_feeds(folder, size, chance):
    """Knowledge of made advisories of every system, and the same for the second opinion."""
    advisories, feeds, known = oracle.Advisories(), {}, set()
    for number, form in enumerate(made.SERVERS, 1):
        for record in made.make_records(form, 10000 * number, size, chance):
            if (form["feed"], record["id"]) not in known:
                known.add((form["feed"], record["id"]))
                feeds.setdefault(form["feed"], []).append(record)
                advisories.add(record)
    made.write(folder / "feeds", feeds)
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


if __name__ == "__main__":
    tap.main(globals())
