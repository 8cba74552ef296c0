"""Whether a tenant's feeds and its OpenPGP settings fit together."""

from __future__ import annotations

from nightclerk.config.files import ConfigFile
from nightclerk.core.encrypted import named_encrypted
from nightclerk.core.feed import Feed
from nightclerk.core.name_expression import as_glob
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import quoted

#: Other systems write other things under this ending too.
_ANYTHING = ".asc"


def check_encryption(file: ConfigFile[Tenant], feeds: dict[int, Feed]) -> None:
    """Given a tenant's file and its sound feeds by their index; warns where files come encrypted by their names, and no key is
    named that would open them."""
    if file.noun is None or file.noun.openpgp is not None:
        return
    for index, feed in feeds.items():
        names = as_glob(feed.files)
        if named_encrypted(names) and not names.lower().endswith(_ANYTHING):
            told = f"files named {quoted(names)} are encrypted, and no key is named that opens them; give the tenant its key"
            file.warn(("feeds", index, "files"), f"{told}, as in openpgp: {{key: {{credential: {file.noun.tenant}-openpgp}}}}")
