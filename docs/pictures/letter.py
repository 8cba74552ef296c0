"""Makes ``letter.png`` again: the letter about the customers of the sample tenant Crédit Lumière, as a browser shows it.

``.venv/bin/python docs/pictures/letter.py``; needs the program chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from nightclerk.config.reaching import driver_url
from nightclerk.demo.copying import copy_configuration
from nightclerk.demo.mailbox import Mailbox
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration

PROJECT = Path(__file__).parents[2]
TENANT = "credit-lumiere"
EXPORT = PROJECT / "sample_drops" / TENANT / "night-1" / "clients_20261120.csv"
WIDTH, HEIGHT = 720, 1180


def main() -> None:
    """Imports the sample into a new folder, takes the letter out of the mailbox and has a browser draw it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mailbox = Mailbox(folder / "letters")
        try:
            copy_configuration(PROJECT, folder / "config", [TENANT], mailbox.port)
            configuration, _ = load_configuration(folder / "config")
            create_tables(driver_url(configuration.daemon.database), configuration.entities.values())
            line = [sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "import", TENANT, str(EXPORT)]
            subprocess.run(line, check=True)
            (letter,) = mailbox.letters()
        finally:
            mailbox.close()
        page = next(file for file in letter.files if file.suffix == ".html")
        picture = Path(__file__).with_name("letter.png")
        browser = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        profile, size = f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}"
        subprocess.run([*browser, profile, size, f"--screenshot={picture}", f"file://{page}"], check=True, timeout=120)


if __name__ == "__main__":
    main()
