"""`assay explain`: usage and what needs no knowledge."""
import tap

DEBIAN = tap.FIXTURES / "inventories/debian-12.json"


def test_wrong_usage_is_one_line():
    for words, status, text in [
        ([DEBIAN, "CVE-2023"], 2, "CVE-2023: not a CVE identifier"),
        ([DEBIAN], 2, "needs"),
        ([DEBIAN, "CVE-2023-52425", "expat", "more"], 2, "one word too many"),
        ([DEBIAN, "CVE-2023-52425", "--format", "html"], 2, "one of table, json"),
        ([DEBIAN, "CVE-2023-52425"], 4, "there is no knowledge"),
    ]:
        result = tap.assay("explain", *words, status=status)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1, words)
        tap.equal(result.out, "", words)


if __name__ == "__main__":
    tap.main(globals())
