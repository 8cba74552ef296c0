"""Which file of an archive is meant, by names alone."""

from __future__ import annotations

import pytest

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.members import choose, ending_of, fits, is_meant, may_be_zip
from nightclerk.core.routing import rivals


def feed(name: str, members: str | None, files: str = "books_*.zip", **more: object) -> Feed:
    return Feed.model_validate({"feed": name, "files": files, "members": members, "entity": "e", "mapping": {"a": "A"}, **more})


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("clients*.csv", "clients_1.csv", True),
        ("clients*.csv", "export/2026/CLIENTS_1.CSV", True),
        ("clients*.csv", "export\\clients_1.csv", True),
        ("clients*.csv", "C:/old/clients/items.csv", False),
        ("new/*.csv", "new/clients.csv", True),
        ("new/*.csv", "old/clients.csv", False),
        ("échéances.csv", "E\u0301che\u0301ances.csv", True),
        ("*.csv", "../../etc/a.csv", True),  # a name is data: it says which file is meant, and nothing is written under it
    ],
)
def test_patterns_fit_names_without_folders_unless_they_name_one(pattern: str, name: str, does: bool) -> None:
    assert fits(pattern, name) is does


@pytest.mark.parametrize(
    "name",
    ["folder/", "__MACOSX/._clients.csv", "a/__MACOSX/x", ".DS_Store", "a/.DS_Store", "._a.csv", "a/Thumbs.db", "DESKTOP.INI"],
)
def test_what_systems_add_is_never_meant(name: str) -> None:
    assert not is_meant(name)
    assert choose([name, "clients.csv"], None) == 1
    assert choose([name, "clients.csv"], "*") == 1


@pytest.mark.parametrize(
    ("names", "pattern", "code", "told"),
    [
        ([], None, "no_member", "The archive is empty: there is no file in it."),
        (["a/"], "*.csv", "no_member", "The archive is empty: there is no file in it."),
        (["a.csv"], "b*.csv", "no_member",
         'The archive holds "a.csv", which is not named as agreed. The feed takes `members: "b*.csv"`.'),
        (["a.csv", "c.csv"], "b*.csv", "no_member",
         'The archive holds 2 files, none of which is named as agreed: "a.csv", "c.csv". The feed takes `members: "b*.csv"`.'),
        (["x/a[1].csv", "b.txt"], None, "several_members",
         'The archive holds 2 files, and it is not agreed which of them is meant: "x/a[1].csv", "b.txt". To read one of them, the'
         ' feed says, for example, `members: "a?1].csv"`; a feed for each reads several.'),
        (["a.csv", "a.csv", "b"], "a*", "several_members",
         'The archive holds 2 files that are named as agreed, and only one can be meant: "a.csv", "a.csv". Narrow the feed\'s'
         ' `members`, as in `members: "a.csv"`.'),
    ],
)  # fmt: skip
def test_none_or_several_are_refused_by_name(names: list[str], pattern: str | None, code: str, told: str) -> None:
    with pytest.raises(SenderError) as refused:
        choose(names, pattern)
    assert (refused.value.code, str(refused.value)) == (code, told)


def test_long_lists_and_names_of_any_kind_are_shown_in_part() -> None:
    with pytest.raises(SenderError) as refused:
        choose([f"\x1b[31m{'n' * 300}{at}" for at in range(5000)], None)
    told = str(refused.value)
    assert "5,000 files" in told
    assert "\x1b" not in told
    assert len(told) < 2000


def test_a_proposed_pattern_fits_the_name_it_was_made_of() -> None:
    for name in ("a[1].csv", "x*?.csv", "é.csv", "[!a].csv"):
        with pytest.raises(SenderError) as refused:
            choose([name, "other"], None)
        proposed = str(refused.value).split('`members: "')[1].split('"`')[0]
        assert fits(proposed, name)


@pytest.mark.parametrize(
    ("members", "wanting_the_same"),
    [
        (("clients*.csv", "items*.csv"), ""),
        (("clients*.csv", "CLIENTS*.csv"), "ab"),
        (("*.csv", "items*.csv"), "ab"),
        (("new/clients.csv", "clients.csv"), "ab"),
        ((None, "items*.csv"), "ab"),  # the only member, whatever its name
        (("*_a.csv", "b_*.csv"), ""),  # only an archive shows it
        (("clients*.csv", "items*.csv", "items?.csv"), "bc"),
    ],
)
def test_feeds_that_could_read_the_same_member(members: tuple[str | None, ...], wanting_the_same: str) -> None:
    feeds = [feed(name, one) for name, one in zip("abc", members, strict=False)]
    assert "".join(one.feed for one in rivals(feeds)) == wanting_the_same


def test_two_sheets_of_one_member_are_two_tables() -> None:
    one, other = feed("a", "b*.xlsx", sheet="Clients"), feed("b", "b*.xlsx", sheet="Items")
    assert rivals([one, other]) == ()
    assert rivals([one, feed("c", "b*.xlsx", sheet=1)]) != ()


@pytest.mark.parametrize(
    ("files", "members", "kind"),
    [
        ("a_*.zip", "clients*.xlsx", "xlsx"),
        ("a_*.zip", "clients*.CSV", "delimited"),
        ("a_*.zip", None, "delimited"),
        ("clients.xlsx.gz", None, "xlsx"),
        ("clients*.csv.GZ", None, "delimited"),
    ],
)
def test_the_kind_follows_from_what_is_in_the_archive(files: str, members: str | None, kind: str) -> None:
    assert feed("a", members, files).format.kind == kind
    assert ending_of("A.ODS.gz", None) == "ods"


@pytest.mark.parametrize(("files", "may"), [("a.zip", True), ("A.ZIP", True), ("a_*", True), ("a.*", True), ("export", True),
                                            ("a.csv", False), ("a.csv.gz", False), ("*.xlsx", False)])  # fmt: skip
def test_members_belong_to_archives(files: str, may: bool) -> None:
    assert may_be_zip(files) is may
    if may:
        assert feed("a", "x*.csv", files).members == "x*.csv"
    else:
        with pytest.raises(ValueError, match="only zip archives have members"):
            feed("a", "x*.csv", files)
