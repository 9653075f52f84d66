"""The hand-checked answers of tests/labels/linux.tsv, asked of the real binary with real feeds.

tests/assess/test_labels.c asks the verdicts of knowledge made of what each row quotes, and needs no
feeds; here the advisories themselves must say what the rows quote, and the products and the support
of the packages are asked too.

A set's precision (of the packages called vulnerable, how many are) and recall (of the vulnerable
ones, how many are called so) are printed, with the share of right verdicts, products and support,
and may not drop below what is recorded here.
"""
import json

import tap

AS_OF = "2026-11-22"
COLUMNS = ("system manager package version source source_version module cve answer advisory fixed "
           "product support note").split()
SYSTEMS = {
    "Debian": {"id": "debian", "name": "Debian GNU/Linux", "origin": "Debian", "vendor": ""},
    "AlmaLinux": {"id": "almalinux", "name": "AlmaLinux", "origin": "", "vendor": "AlmaLinux"},
}
RECORDED = {
    "linux": {"precision": 1.0, "recall": 1.0, "verdicts": 1.0, "products": 1.0, "support": 1.0},
}


def rows(name, columns):
    text = (tap.ROOT / f"tests/labels/{name}.tsv").read_text(encoding="utf-8")
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in text.splitlines()
            if line and not line.startswith("#")]


def inventory(row):
    name, version = row["system"].split(":")
    system = SYSTEMS[name]
    software = {
        "ecosystem": row["manager"], "name": row["package"], "version": row["version"],
        "source": row["source"], "source_version": row["source_version"],
        "module": row["module"], "origin": system["origin"], "vendor": system["vendor"],
    }
    return {
        "format": "assay-inventory", "format_version": 1,
        "server": {"name": "label", "os": {"family": "linux", "id": system["id"],
                                           "name": system["name"], "version_id": version}},
        "software_known": "yes",
        "software": [{key: value for key, value in software.items() if value}],
    }


def product(explanation):
    """The first CPE product that the explanation names."""
    for step in explanation["steps"]:
        if step["label"] == "asked" and "cpe:2.3:" in (step["aside"] or ""):
            return ":".join(step["aside"].split("cpe:2.3:")[1].split(",")[0].split(":")[1:3])
    return "-"


def answers(row, document, knowledge):
    """Verdict, product, and state and last day of support."""
    env = {"ASSAY_KNOWLEDGE": str(knowledge)}
    explained = tap.assay("explain", document, row["cve"], row["package"], "--format", "json",
                          "--as-of", AS_OF, env=env).json()["explanations"]
    assessed = tap.assay("assess", document, "--format", "json", "--as-of", AS_OF, env=env,
                         status=None).json()
    support = assessed["software"][0]["support"]
    return ([one["verdict"] for one in explained] + ["none"])[0], product(explained[0]), (
        f"{support['state']} {support['until']}")


class Score:
    def __init__(self):
        self.called, self.vulnerable, self.wrong = [], [], []
        self.shares = {"verdicts": [], "products": [], "support": []}

    def judge(self, row, verdict, named, support):
        if verdict == "vulnerable":
            self.called.append(row["answer"] == "vulnerable")
        if row["answer"] == "vulnerable":
            self.vulnerable.append(verdict == "vulnerable")
        for key, right, got, expected in [
                ("verdicts", verdict == row["answer"], verdict, row["answer"]),
                ("products", named in row["product"].split(" | "), named, row["product"]),
                ("support", support == row["support"], support, row["support"])]:
            self.shares[key].append(right)
            if not right:
                self.wrong.append(f"{row['system']} {row['package']} {row['version']} "
                                  f"{row['cve']}: {got}, not {expected}")

    def figures(self):
        lists = {"precision": self.called, "recall": self.vulnerable, **self.shares}
        return {key: sum(one) / max(len(one), 1) for key, one in lists.items()}


def check(name, score, count):
    figures = score.figures()
    text = ", ".join(f"{key} {value:.3f}" for key, value in figures.items())
    print(f"# {name}: {count} packages, {text}")
    for line in score.wrong:
        print(f"#   {line}")
    for key, recorded in RECORDED[name].items():
        assert round(figures[key], 3) >= recorded, (
            f"{name}: {key} dropped to {figures[key]:.3f}, recorded {recorded}")


def test_labels_hold_with_real_feeds(folder):
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", tap.shared("mirror"), "--only", "osv", "--only", "nvd",
              "--only", "endoflife", "--out", knowledge, status=None)
    labels, score = rows("linux", COLUMNS), Score()
    document = folder / "inventory.json"
    for row in labels:
        document.write_text(json.dumps(inventory(row)), encoding="utf-8")
        score.judge(row, *answers(row, document, knowledge))
    check("linux", score, len(labels))


if __name__ == "__main__":
    tap.main(globals())
