"""What the load keeps, what it leaves out, and what it makes of paths."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.unit.config.configurations import DAEMON, ENTITY, FEED, HEAD, loaded, write

from nightclerk.config.load import load
from nightclerk.core.source import FolderSource, FtpsSource, SftpSource

FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BrVqVVZBgVcdkOyyoiBQyiqE"


def tenant(name: str, source: str | None = None) -> str:
    return HEAD.replace("acme", name).replace("path: drops", source or f"path: drops/{name}") + FEED


def test_a_sound_configuration_has_no_problems(tmp_path: Path) -> None:
    configuration, problems = loaded(tmp_path, {"acme": tenant("acme"), "beta": tenant("beta")})
    assert problems == []
    assert configuration is not None
    assert list(configuration.tenants) == ["acme", "beta"]
    assert list(configuration.entities) == ["customer"]


def test_a_wrong_tenant_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    texts: dict[str, str | bytes] = {"acme": tenant("acme"), "beta": tenant("beta") + "nonsense: 1\n", "gamma": b"\xff"}
    configuration, problems = loaded(tmp_path, texts)
    assert configuration is not None
    assert list(configuration.tenants) == ["acme"]
    assert [line.split(":")[0] for line in problems] == ["tenants/beta.yaml", "tenants/gamma.yaml"]


def test_all_problems_of_all_files_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    texts: dict[str, str | bytes] = {"beta": tenant("beta") + "x: 1\ny: 1\n", "acme": "name: [\n"}
    configuration, problems = loaded(tmp_path, texts, daemon="nonsense: x\n", entity=ENTITY + "  x: {type: y}\n")
    assert configuration is None
    assert [line.split("  ")[0] for line in problems] == [
        "entities/customer.yaml:16:13",
        "nightclerk.yaml:1:1",
        "nightclerk.yaml:1:1",
        "tenants/acme.yaml:2:1",
        "tenants/beta.yaml:8:13",
        "tenants/beta.yaml:12:1",
        "tenants/beta.yaml:13:1",
    ]


def test_a_wrong_entity_takes_out_the_tenants_that_use_it_and_no_others(tmp_path: Path) -> None:
    write(tmp_path, {"acme": tenant("acme"), "beta": tenant("beta").replace("entity: customer", "entity: client")})
    (tmp_path / "config/entities/client.yaml").write_text(
        ENTITY.replace("entity: customer", "entity: client") + "  x: {type: y}\n"
    )
    configuration, problems = load(tmp_path / "config")
    assert configuration is not None
    assert list(configuration.tenants) == ["acme"]
    assert list(configuration.entities) == ["customer"]
    where = tmp_path / "config"
    assert str(problems[-1]) == (
        f"{where}/tenants/beta.yaml:8:13  feeds[0].entity: entity client is wrong itself; "
        f"mend {where}/entities/client.yaml first."
    )


def test_tenants_that_share_a_source_are_all_refused(tmp_path: Path) -> None:
    (tmp_path / "drops").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "drops")
    texts: dict[str, str | bytes] = {
        "acme": tenant("acme", "path: drops"), "beta": tenant("beta", "path: x/../link"), "gamma": tenant("gamma"),
    }  # fmt: skip
    configuration, problems = loaded(tmp_path, texts)
    assert configuration is not None
    assert list(configuration.tenants) == ["gamma"]
    assert problems == [
        f"tenants/{one}.yaml:4:9  source: the same folder is the source in tenants/{other}.yaml; "
        "each tenant needs a folder of its own."
        for one, other in (("acme", "beta"), ("beta", "acme"))
    ]


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("host: h, username: u, folder: /a", "host: H, username: u, folder: /a/", True),
        ("host: h, username: u, folder: /a", "host: h, username: v, folder: /a", False),
        ("host: h, username: u, folder: /a", "host: h, port: 2222, username: u, folder: /a", False),
        ("host: h, username: u, folder: /a", "host: h, username: u, folder: /b", False),
    ],
)
def test_two_sftp_sources_are_one_by_server_login_and_folder(tmp_path: Path, first: str, second: str, shared: bool) -> None:
    def sftp(name: str, source: str) -> str:
        whole = f"{{kind: sftp, {source}, password: {{env: P}}, known_hosts: k}}"
        return tenant(name).replace(f"{{kind: folder, path: drops/{name}}}", whole)

    _, problems = loaded(tmp_path, {"acme": sftp("acme", first), "beta": sftp("beta", second)})
    assert bool(problems) == shared


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("kind: ftp, insecure: true, folder: /a", "kind: ftps, folder: /a", True),
        ("kind: ftp, insecure: true, folder: /a", "kind: ftps, tls: implicit, folder: /a/", True),
        ("kind: ftps, folder: /a", "kind: ftps, port: 2121, folder: /a", False),
        ("kind: ftps, folder: /a", "kind: ftps, folder: /b", False),
        ("kind: ftps, folder: /a", "kind: sftp, known_hosts: k, folder: /a", False),
    ],
)
def test_one_ftp_folder_is_one_however_it_is_reached(tmp_path: Path, first: str, second: str, shared: bool) -> None:
    def ftp(name: str, source: str) -> str:
        whole = f"{{{source}, host: h, username: u, password: {{env: P}}}}"
        return tenant(name).replace(f"{{kind: folder, path: drops/{name}}}", whole)

    _, problems = loaded(tmp_path, {"acme": ftp("acme", first), "beta": ftp("beta", second)})
    assert bool(problems) == shared


def test_relative_paths_of_an_ftps_source(tmp_path: Path) -> None:
    ftps = "{kind: ftps, host: h, username: u, password: {file: secret}, ca_file: ca.pem, tls: implicit}"
    write(tmp_path, {"acme": tenant("acme").replace("{kind: folder, path: drops/acme}", ftps)})
    configuration, problems = load(tmp_path / "config")
    assert problems == []
    assert configuration is not None
    source = configuration.tenants["acme"].source
    assert isinstance(source, FtpsSource)
    assert (source.password.file, source.ca_file, source.port) == (tmp_path / "secret", tmp_path / "ca.pem", 990)


def test_relative_paths_start_at_the_folder_above_wherever_we_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sftp = (
        "{kind: sftp, host: h, username: u, key: {file: keys/a}, passphrase: {file: /abs/p}, password: {env: P}, "
        "known_hosts: known, folder: export, host_keys: []}"
    )
    daemon = (
        "database: sqlite:///var/app.db\nledger: sqlite:////abs/ledger.db\nstate: var\n"
        "mail: {host: h, from: a@b.example, ca_file: ca.pem, username: u, password: {file: smtp}}\n"
    )
    write(tmp_path, {"acme": tenant("acme"), "beta": tenant("beta").replace("{kind: folder, path: drops/beta}", sftp)}, daemon)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    configuration, problems = load(Path("../config"))
    assert problems == []
    assert configuration is not None
    assert str(configuration.daemon.database.url) == f"sqlite:///{tmp_path}/var/app.db"
    assert str(configuration.daemon.ledger.url) == "sqlite:////abs/ledger.db"
    assert configuration.daemon.state == tmp_path / "var"
    mail = configuration.daemon.mail
    assert mail is not None
    assert mail.password is not None
    assert (mail.ca_file, mail.password.file) == (tmp_path / "ca.pem", tmp_path / "smtp")
    folder = configuration.tenants["acme"].source
    assert isinstance(folder, FolderSource)
    assert folder.path == tmp_path / "drops/acme"
    source = configuration.tenants["beta"].source
    assert isinstance(source, SftpSource)
    assert source.key is not None
    assert source.passphrase is not None
    assert (source.key.file, source.passphrase.file) == (tmp_path / "keys/a", Path("/abs/p"))
    assert (source.known_hosts, source.folder) == (tmp_path / "known", "export")


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    configuration, problems = load(tmp_path / "config")
    assert configuration is None
    assert [str(problem) for problem in problems] == [
        f"{tmp_path}/config/nightclerk.yaml:1:1  there is no such file; `nightclerk init` writes a configuration to start from."
    ]


def test_files_that_look_like_configuration_and_are_never_read_are_told(tmp_path: Path) -> None:
    config = write(tmp_path, {"acme": tenant("acme")})
    for name in (
        "tenants/beta.yml",
        "tenants/gamma.YAML",
        "acme.yaml",
        "tenants/notes.txt",
        "tenants/.acme.yaml.swp",
        "tenants/.x.yaml",
    ):
        (config / name).write_text("x")
    _, problems = load(config)
    assert [str(problem).removeprefix(f"{config}/") for problem in problems] == [
        "acme.yaml:1:1  nothing reads this file; only nightclerk.yaml is read here, and entities/, presets/, tenants/.",
        "tenants/beta.yml:1:1  nothing reads this file; its name must end in .yaml, as in beta.yaml.",
        "tenants/gamma.YAML:1:1  nothing reads this file; its name must end in .yaml, as in gamma.yaml.",
    ]


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    config = write(tmp_path, {})
    os.mkfifo(config / "tenants.fifo")
    (config / "tenants").mkdir()
    os.mkfifo(config / "tenants/acme.yaml")
    (config / "tenants/beta.yaml").mkdir()
    (config / "tenants/gamma.yaml").symlink_to("nowhere")
    _, problems = load(config)
    assert [str(problem).removeprefix(f"{config}/tenants/") for problem in problems] == [
        "acme.yaml:1:1  this is not a regular file.",
        "beta.yaml:1:1  this is not a regular file.",
        "gamma.yaml:1:1  there is no such file.",
    ]


def test_a_feed_hash_changes_with_all_that_decides_a_booking_and_with_nothing_else(tmp_path: Path) -> None:
    def hashed(number: int, text: str, entity: str = ENTITY, daemon: str = DAEMON) -> str:
        configuration, problems = loaded(tmp_path / str(number), {"acme": text}, daemon, entity)
        assert problems == []
        assert configuration is not None
        return configuration.feed_hash("acme", "clients")

    text = tenant("acme", "path: /drops")
    feed = hashed(0, text)
    assert hashed(1, "# a comment\n" + text) == feed
    assert hashed(2, text, daemon=DAEMON + "workers: 3\n") == feed
    assert hashed(3, text + "report: {to: a@b.example}\n") == feed
    others = [
        hashed(4, text + "language: fr\n"),
        hashed(5, text.replace("UTC", "Europe/Paris")),
        hashed(6, text + "    blank: clear\n"),
        hashed(7, text.replace("name: Name", "name: Other")),
        hashed(8, text, entity=ENTITY.replace("max_length: 50", "max_length: 51")),
    ]
    assert len({feed, *others}) == 6


def test_nothing_of_a_configuration_shows_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_PASSWORD", "hunter2")
    source = f"{{kind: sftp, host: h, username: u, password: {{env: ACME_PASSWORD}}, host_keys: ['{FINGERPRINT}']}}"
    text = tenant("acme").replace("{kind: folder, path: drops/acme}", source)
    configuration, problems = loaded(tmp_path, {"acme": text})
    assert problems == []
    assert configuration is not None
    shown = [repr(configuration), str(configuration), configuration.tenants["acme"].model_dump_json()]
    assert not any("hunter2" in each for each in shown)
    assert all("ACME_PASSWORD" in each for each in shown)


@pytest.mark.parametrize("part", ["", "tenants", "entities"])
def test_a_folder_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path: Path, part: str) -> None:
    config = write(tmp_path, {"acme": HEAD + FEED})
    folder = config / part if part else config
    shutil.rmtree(folder)
    folder.symlink_to(folder)  # as unreadable as one without rights, also for root
    _, problems = load(config)
    assert any(str(problem).startswith(f"{folder}:1:1  the folder cannot be read: Too many levels") for problem in problems)
