# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a wrong tenant: place, path and sentence; a secret stands in none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, problems_of

SOURCE = "tenant: acme\nname: Acme\ntimezone: UTC\nsource: "
PLAIN = (
    "plain FTP shows the password and all files to everyone on the way; use kind: ftps or sftp, or write insecure: true if the "
    "server offers nothing else."
)

#: What stands instead of HEAD, with FEED below it → the problems.
HEADS = [
    ("teant: acme\nname: Acme\ntimezone: UTC\nsource: {kind: folder, path: d}\n", [
        '1:1  teant: no key "teant" here; did you mean "tenant"?',
        "1:1  tenant: this key is missing; write it as in tenant: acme.",
    ]),
    (HEAD.replace("tenant: acme", "tenant: acmee"), [
        '1:9  tenant: the file is named "acme.yaml"; name it "acmee.yaml", or change this.',
    ]),
    (HEAD.replace("tenant: acme", "tenant: Acme"), [
        '1:9  tenant: "Acme" is not a name here; use lower-case letters, digits, - and _, beginning with a letter or digit.',
    ]),
    (HEAD.replace("name: Acme", "name:"), ["2:6  name: nothing is written here; this must be text, as in Acme SARL."]),
    (HEAD.replace("name: Acme", "name: [Acme]"), ["2:7  name: this must be text, not a list, as in Acme SARL."]),
    (HEAD.replace("name: Acme", "name: true"), ["2:7  name: this must be text, not true, as in Acme SARL."]),
    (HEAD.replace("name: Acme", 'name: "a\\nb"'), ["2:7  name: this must be one line of text without control characters."]),
    (HEAD.replace("name: Acme", f"name: {'x' * 101}"), ["2:7  name: this must have at most 100 characters."]),
    (HEAD.replace("timezone: UTC", "timezone: Europe/Pari"), ['3:11  timezone: no time zone "Europe/Pari"; did you mean "Europe/Paris"?']),
    (HEAD.replace("timezone: UTC", "timezone: 5"), ['3:11  timezone: no time zone "5"; use a name such as Europe/Paris.']),
    (HEAD + "language: fra\n", [
        "5:11  language: this must be en, fr, es, de, it, pt, nl, ar, be, bg, bs, ca, cs, cy, da, el, et, eu, fa, fi, ga, gl, he, hi, hr, "
        'hu, is, ja, ko, lt, lv, mk, mt, nb, nn, no, pl, ro, ru, sk, sl, sq, sr, sv, th, tr, uk, vi or zh, not "fra"; did you mean "fr"?',
    ]),
    (HEAD + "name: Other\n", ['5:1  name: the key "name" stands twice here; the first is in line 2.']),
    (HEAD + "retention: 5d\n", [
        '5:1  retention: no key "retention" here; the keys here are database, feeds, language, name, openpgp, process, ready, report, schedule, schema, source, tenant, '
        "timezone and views.",
    ]),
    (SOURCE + "ftp\n", ['4:9  source: this must be a group of keys, not "ftp", as in {kind: folder, path: /srv/drops/acme}.']),
    (SOURCE + "{kind: fttp, host: h}\n", ['4:16  source.kind: no kind "fttp" here; there are folder, sftp, ftp and ftps.']),
    (SOURCE + "{path: d}\n", ["4:9  source.kind: this key is missing; write it as in kind: folder, or sftp, ftp or ftps."]),
    (SOURCE + "{kind: ftp, host: h, username: u, password: {env: P}}\n", [f"4:9  source.insecure: {PLAIN}"]),
    (SOURCE + "{kind: ftp, host: h, username: u, password: {env: P}, insecure: false}\n", [f"4:73  source.insecure: {PLAIN}"]),
    (SOURCE + "{kind: ftp, host: h, username: u, insecure: true}\n", [
        "4:9  source.password: this key is missing; write it as in password: {credential: acme-password}.",
    ]),
    (SOURCE + "{kind: ftps, host: h, username: u, password: {env: P}, tls: implicitt}\n", [
        '4:69  source.tls: this must be explicit or implicit, not "implicitt"; did you mean "implicit"?',
    ]),
    (SOURCE + "{kind: ftps, host: h, username: u, password: {env: P}, insecure: true}\n", [
        '4:64  source.insecure: no key "insecure" here; the keys here are archive, ca_file, folder, host, kind, password, port, tls, '
        "unrecognised and username.",
    ]),
    (SOURCE + "{kind: sftp, host: h, username: u, password: {env: P}, known_hosts: k, legacy: yes}\n", [
        '4:88  source.legacy: this must be true or false, not "yes".',
    ]),
    (SOURCE + "{kind: folder}\n", ["4:9  source.path: this key is missing; write it as in path: /srv/drops/acme."]),
    (SOURCE + "{kind: folder, path: ~/d}\n", ["4:30  source.path: write the whole path: ~ means nothing to a daemon."]),
    (SOURCE + "{kind: folder, path: ''}\n", ["4:30  source.path: a path is wanted here, and this is none."]),
    (SOURCE + "{kind: folder, path: d, watch: yes}\n", ['4:40  source.watch: this must be true or false, not "yes".']),
    (SOURCE + "{kind: folder, path: d, archive: leav}\n", [
        "4:42  source.archive: write leave or delete, or two folders, as in {processed: processed, failed: failed}.",
    ]),
    (SOURCE + "{kind: folder, path: d, archive: {procesed: x}}\n", [
        '4:43  source.archive.procesed: no key "procesed" here; did you mean "processed"?',
    ]),
    (SOURCE + "{kind: folder, path: d, archive: {processed: a/b}}\n", [
        '4:54  source.archive.processed: "a/b": an archive folder is a plain name below the drop folder.',
    ]),
    (SOURCE + "{kind: sftp, hots: h, username: u, password: {env: P}, host_keys: []}\n", [
        "4:9  source.host: this key is missing; write it as in host: sftp.acme.example.",
        '4:22  source.hots: no key "hots" here; did you mean "host"?',
    ]),
    (SOURCE + "{kind: sftp, host: 'sftp://h', username: u, password: {env: P}, known_hosts: k}\n", [
        "4:28  source.host: this is the server's name alone, as in sftp.acme.example, without :// and without a login.",
    ]),
    (SOURCE + "{kind: sftp, host: h, port: 99999, username: u, password: {env: P}, known_hosts: k}\n", [
        "4:37  source.port: this must be at most 65535.",
    ]),
    (SOURCE + "{kind: sftp, host: h, port: '22', username: u, password: {env: P}, known_hosts: k}\n", [
        '4:37  source.port: this must be a whole number, not "22", as in 22.',
    ]),
    (SOURCE + "{kind: sftp, host: h, username: u, known_hosts: k}\n", [
        "4:9  source: give key, password or both, as in key: {credential: acme-key}.",
    ]),
    (SOURCE + "{kind: sftp, host: h, username: u, password: {env: P}}\n", [
        "4:9  source: give either host_keys or known_hosts; the server's key is never learnt by itself.",
    ]),
    (SOURCE + "{kind: sftp, host: h, username: u, password: {env: P}, host_keys: [SHA256:abc]}\n", [
        '4:76  source.host_keys[0]: "SHA256:abc" is not a fingerprint; it begins with SHA256: and has 43 characters more.',
    ]),
    (SOURCE + "{kind: sftp, host: h, username: u, password: {env: P}, passphrase: {env: Q}, known_hosts: k}\n", [
        "4:76  source.passphrase: a passphrase is for a key, and no key is given.",
    ]),
    (HEAD + "ready: 30s\n", ['5:8  ready: this must be a group of keys, not "30s", as in {unchanged_for: 30s}.']),
    (HEAD + "ready: {unchanged_for: 30}\n", [
        '5:24  ready.unchanged_for: "30" is not a duration; write a number with s, m, h or d, as in 30s or 5m.',
    ]),
    (HEAD + "ready: {done_file: done.txt}\n", ['5:20  ready.done_file: this must contain {stem} or {name}, as in "{stem}.ok".']),
    (HEAD + "ready: {done_file: '{name}'}\n", [
        '5:20  ready.done_file: this must differ from the name of the file it announces, as in "{name}.ok".',
    ]),
    (HEAD + "schedule: {every: 0s}\n", ["5:19  schedule.every: this must be more than nothing."]),
    (HEAD + "schedule: {every: 99999999d}\n", ['5:19  schedule.every: "99999999d" is longer than a hundred years.']),
    (HEAD + "report: {to: 'a@b.example; nobody'}\n", ['5:14  report.to: "nobody" is not an email address.']),
    (HEAD + "report: {to: [a@b.example, nobody]}\n", ['5:28  report.to[1]: "nobody" is not an email address.']),
    (HEAD + "report: {onn: {imported: never}}\n", ['5:10  report.onn: no key "onn" here; did you mean "on"?']),
]  # fmt: skip


@pytest.mark.parametrize(("head", "expected"), HEADS, ids=[str(n) for n in range(len(HEADS))])
def test_what_is_wrong_around_the_feeds(tmp_path: Path, head: str, expected: list[str]) -> None:
    assert problems_of(tmp_path, head + FEED) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", ["1:1  the file is empty."]),
        (b"- a\n", ["1:1  this must be a group of keys, not a list."]),
        (b"just text", ['1:1  this must be a group of keys, not "just text".']),
        (b"tenant: acme\n\tname: x\n", ["2:1  a tab stands where only spaces may; indent with spaces."]),
        (HEAD + "feeds: []\n", ["5:8  feeds: at least one must be given here."]),
        (HEAD, ["1:1  feeds: this key is missing; write it as in feeds: [{feed: clients, files: clients_*.csv, entity: customer, "
                "mapping: {code: Code client}}]."]),
        (HEAD + "feeds: {}\n", ["5:8  feeds: this must be a list, not a group of keys, as in [{feed: clients, files: clients_*.csv, "
                                "entity: customer, mapping: {code: Code client}}]."]),
        (HEAD + "feeds: [x]\n", ['5:9  feeds[0]: this must be a group of keys, not "x", as in {feed: clients, files: clients_*.csv, '
                                 "entity: customer, mapping: {code: Code client}}."]),
        (HEAD + "feeds:\n  -\n", ["6:4  feeds[0]: nothing is written here; this must be a group of keys, as in {feed: clients, "
                                  "files: clients_*.csv, entity: customer, mapping: {code: Code client}}."]),
    ],
)  # fmt: skip
def test_files_that_are_wrong_as_a_whole(tmp_path: Path, text: str | bytes, expected: list[str]) -> None:
    assert problems_of(tmp_path, text) == expected


def test_one_typo_does_not_hide_another(tmp_path: Path) -> None:
    text = HEAD.replace("UTC", "Utopia") + FEED.replace(
        "name: Name", "name: Name\n      emial: E\n    dcimal: ','\n    blank: maybe"
    )
    assert [line.partition(":")[2] for line in problems_of(tmp_path, text)] == [
        '11  timezone: no time zone "Utopia"; use a name such as Europe/Paris.',
        '7  feeds[0].mapping.emial: no field "emial" in entity customer; did you mean "email"?',
        '5  feeds[0].dcimal: no key "dcimal" here; did you mean "decimal"?',
        '12  feeds[0].blank: this must be keep, clear or default, not "maybe".',
    ]


@pytest.mark.parametrize(
    "written",
    ["hunter2", "'hunter2'", "[hunter2]", "{hunter2}", "{hunter2: x}", "{env: 'hunter2 hunter2'}", "{env: P, hunter2: x}", "*hunter2",
     "{credential: hunter2/}", "{pasword: hunter2}", "!hunter2 x", "{env: [hunter2]}", '{env: P, file: "hunter2"}', "hunter2: x", "&hunter2 x"],
)  # fmt: skip
def test_a_secret_that_is_written_down_is_a_problem_and_never_repeated(tmp_path: Path, written: str) -> None:
    head = f"{SOURCE}\n  kind: sftp\n  host: h\n  username: u\n  known_hosts: k\n  password: {written}\n"
    found = problems_of(tmp_path, head + FEED)
    assert found
    assert not any("hunter2" in line for line in found)


def test_a_literal_password_is_told_the_three_ways_to_refer_to_it(tmp_path: Path) -> None:
    head = f"{SOURCE}{{kind: sftp, host: h, username: u, known_hosts: k, password: hunter2}}\n"
    assert problems_of(tmp_path, head + FEED) == [
        "4:70  source.password: a secret is never written here; give {env: NAME}, {file: PATH} or {credential: NAME}."
    ]
