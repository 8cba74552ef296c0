"""A tenant's server, read from a file that need not be right yet."""

from __future__ import annotations

from pathlib import Path

from nightclerk.config.files import read_file, yaml_files
from nightclerk.config.places import base_of
from nightclerk.core.approach import Approach, FtpsApproach, NoApproach, SftpApproach
from nightclerk.core.errors import OperatorError
from nightclerk.core.wording import did_you_mean_one_of, quoted


def server_of(folder: Path, tenant: str) -> SftpApproach | FtpsApproach:
    """Given the configuration's folder and a tenant's name; returns how its server is reached, paths absolute.

    Raises OperatorError when there is no such tenant, when what is needed to reach the server is missing or wrong, or when its
    source is one that shows neither key nor certificate.
    """
    names = [path.stem for path in yaml_files(folder / "tenants")]
    if tenant not in names:
        raise OperatorError(f"There is no tenant {quoted(tenant)}{did_you_mean_one_of(tenant, names)}")
    file = read_file(folder / "tenants" / f"{tenant}.yaml", Approach)
    if file.noun is None:
        raise OperatorError("\n".join(str(problem) for problem in file.problems), "nightclerk check")
    server = file.noun.source
    if isinstance(server, NoApproach):
        why = "a folder on this machine" if server.kind == "folder" else "plain FTP, which shows nothing that could be trusted"
        raise OperatorError(f"There is nothing to trust: the source of {tenant} is {why}.")
    base = base_of(folder)
    if isinstance(server, SftpApproach):
        return server.model_copy(update={"known_hosts": None if server.known_hosts is None else base / server.known_hosts})
    return server.model_copy(update={"ca_file": None if server.ca_file is None else base / server.ca_file})
