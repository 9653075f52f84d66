"""Sources: what people name as targets, and what goes with it."""
import json

import jsonschema
import tap


def checked(document, name):
    schema = json.loads((tap.ROOT / f"docs/formats/{name}.schema.json").read_text())
    jsonschema.validate(document, schema)
    return document


def show(name):
    return checked(tap.assay("source", "show", name, "--format", "json").json(), "source")


def test_a_source_is_added_shown_changed_and_removed():
    tap.assay("source", "add", "web", "web01.example.org", "10.0.0.0/24", "--sudo", "--jump",
              "ops@bastion.example.org:2200")
    listed = checked(tap.assay("source", "list", "--format", "json").json(), "sources")
    tap.equal([(s["name"], s["targets"]) for s in listed["sources"]], [("web", 255)])
    document = show("web")
    tap.equal(document["settings"]["sudo"], "yes")
    tap.equal(document["settings"]["jump"], "ops@bastion.example.org:2200")
    tap.equal([e["target"] for e in document["entries"]], ["web01.example.org", "10.0.0.0/24"])
    tap.assay("source", "edit", "web", "--no-sudo", "--remove", "10.0.0.0/24", "--add",
              "[2001:db8::1]:2222", "--rename", "front")
    document = show("front")
    tap.equal(document["settings"]["sudo"], "no")
    tap.equal([e["target"] for e in document["entries"]],
              ["web01.example.org", "[2001:db8::1]:2222"])
    tap.contains(tap.assay("source", "show", "front").out, "web01.example.org")
    asked = tap.assay("source", "remove", "front", status=2)
    tap.contains(asked.err, "2 entries, 0 targets, 0 pinned host keys and 0 issues go with it")
    tap.assay("source", "remove", "front", "--yes")
    tap.contains(tap.assay("source", "show", "front", status=4).err, "there is no source front")


def test_a_list_with_bad_rows(folder):
    path = folder / "targets.csv"
    path.write_text('host,port,credential,tags\ndb01,2222,linux,"prod, west"\n'
                    "db 02,22,,\ndb03,port,,\ndb04,22,,,\ndb05,,,\n")
    result = tap.assay("source", "add", "db", "--file", path, status=3)
    tap.contains(result.err, "line 3, column host: db 02: neither a host name nor")
    tap.contains(result.err, "line 4, column port: not a port")
    tap.contains(result.err, "line 5: more columns than the first row")
    tap.contains(result.err, "3 of 5 rows left out")
    entries = show("db")["entries"]
    tap.equal([(e["target"], e["credential"], e["tags"]) for e in entries],
              [("db01:2222", "linux", "prod, west"), ("db05", None, None)])
    path.write_text("name\ndb01\n")
    tap.contains(tap.assay("source", "edit", "db", "--file", path, status=4).err,
                 'line 1, column 1: "name" is not one of host, port, credential, tags')


def test_large_ranges_ask():
    tap.assay("source", "add", "small", "10.0.0.0/16")
    asked = tap.assay("source", "add", "large", "10.0.0.0/8", status=2)
    tap.contains(asked.err, "16777214 addresses, each is connected to; give --yes")
    tap.assay("source", "add", "large", "10.0.0.0/8", "--yes")
    tap.contains(tap.assay("source", "add", "six", "2001:db8::/64", status=2).err, "at most a /112")
    tap.contains(tap.assay("source", "add", "all", "0.0.0.0/0", status=2).err,
                 "name smaller ranges")
    # What was refused left nothing behind.
    tap.equal(len(tap.assay("source", "list", "--format", "json").json()["sources"]), 2)


def test_wrong_words():
    tap.assay("source", "add", "web", "web01")
    for words, status, text in [
        (["add", "web", "web02"], 2, "there is a source web already"),
        (["add", "new"], 2, "a source needs a target"),
        (["add", "-x", "a"], 2, "-x: not an option"),
        (["add", "../x", "a"], 2, "a source's name has letters"),
        (["add", "new", "a", "--port", "0"], 2, "--port 0: not a number from 1 to 65535"),
        (["add", "new", "a", "--host-keys", "any"], 2, "one of strict, first-use"),
        (["edit", "web"], 2, "nothing to change"),
        (["edit", "web", "--remove", "web09"], 4, "web09 is no target of the source"),
        (["show", "db"], 4, "there is no source db; there are web"),
        (["trust", "web", "web01", "--host-key", "MD5:aa"], 2, "not a fingerprint"),
        (["forget", "web", "web01"], 4, "no host key of web01:22 is pinned"),
    ]:
        tap.contains(tap.assay("source", *words, status=status).err, text)


def test_host_keys_are_pinned_and_forgotten():
    fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BgrqV4u3xNxTMvcqsZkBqeZs"
    tap.assay("source", "add", "web", "web01", "--port", "2222")
    tap.assay("source", "trust", "web", "WEB01", "--host-key", fingerprint)
    keys = show("web")["host_keys"]
    tap.equal([(k["host"], k["fingerprint"], k["how"]) for k in keys],
              [("web01:2222", fingerprint, "pinned")])
    tap.contains(tap.assay("source", "trust", "web").out, fingerprint)
    tap.assay("source", "forget", "web", "web01")
    tap.equal(show("web")["host_keys"], [])


def test_permissions_are_the_page():
    page = (tap.ROOT / "docs/permissions.md").read_text()
    text = tap.assay("source", "permissions", "ssh").out
    tap.contains(page, text)
    tap.contains(text, "/etc/sudoers.d/assay")
    tap.contains(tap.assay("source", "permissions", "telnet", status=2).err, "not a kind of source")


def test_the_store_is_private_and_damage_is_named(folder):
    tap.assay("source", "add", "web", "web01")
    store = folder / "state/store.db"
    tap.equal(store.stat().st_mode & 0o777, 0o600)
    store.write_bytes(b"not a database at all" + bytes(4096))
    result = tap.assay("source", "list", status=4)
    tap.contains(result.err, "store.db is damaged")
    tap.equal(result.err.count("\n"), 1)


if __name__ == "__main__":
    tap.main(globals())
