"""What the program that decrypts said, and what follows from it: its content is taken only when every sign of it is good."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from nightclerk.core.errors import NightclerkError, OperatorError, SenderError, WeatherError
from nightclerk.core.sentence import Sentence

_EXPIRED, _REVOKED = ("EXPSIG", "EXPKEYSIG"), "REVKEYSIG"
#: Why a signature could not be checked: there is no key of its maker.
_NO_KEY = "9"
#: Errors of ``pkdecrypt_failed``, as libgpg-error numbers them: the passphrase is wrong, missing or not asked for; the agent is
#: away, or ended in the middle.
_PASSPHRASE, _AGENT = (11, 99, 177), (77, 78, 79, 16383)
#: Of its numbers, those bits say where an error comes from.
_CODE = 0xFFFF
#: What is said where a message written as text was damaged on its way, and nothing for programs.
_WRONG_CHECKSUM = "CRC error"
#: The number of a key that is not told.
_NAMELESS = "0" * 16
#: How the program ends when there was an error anywhere.
_SOME_ERROR = 2


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of the program ended. exit: its status. status: its words for programs, each with what belongs to it, in order.
    errors: its words for people."""

    exit: int
    status: tuple[tuple[str, ...], ...]
    errors: str = ""

    def all(self, *words: str) -> list[tuple[str, ...]]:
        """Returns what was said under any of these words, each with what belongs to it."""
        return [one for one in self.status if one[0] in words]

    def has(self, *words: str) -> bool:
        """Returns whether any of these words was said."""
        return bool(self.all(*words))


def fault_of(said: Said, signers: Set[str], too_large: bool) -> NightclerkError | None:
    """Given what was said while a message was decrypted, the fingerprints of the keys that may have signed it (none: nobody
    need have), and whether more came out than may; returns why nothing of it is taken, or None when it is good.

    The fault is a SenderError ``file_too_large``, ``not_encrypted``, ``not_decrypted``, ``not_signed`` or ``wrong_signature``;
    OperatorError where it is the key's passphrase that is wrong, or GnuPG cannot work; WeatherError where it was ended.
    """
    return (
        _not_opened(said)
        or (_too_large() if too_large else None)
        or _not_whole(said)
        or (_badly_signed(said, signers) if signers else None)
        or (damaged() if not _one_content(said.status) or not (said.exit == 0 or _for_nothing(said)) else None)
    )


def _not_opened(said: Said) -> NightclerkError | None:
    if said.has("ENC_TO") and said.has("DECRYPTION_KEY"):
        return None
    if said.has("NEED_PASSPHRASE_SYM"):
        return _refused(
            "not_decrypted",
            Sentence(
                "The file is encrypted with a password alone, not for the agreed key. Encrypt it with the public key that you"
                " were given."
            ),
        )
    if not said.has("ENC_TO"):
        if _WRONG_CHECKSUM in said.errors:
            return damaged()
        return not_encrypted() if said.has("NODATA", "PLAINTEXT", "BADARMOR", "UNEXPECTED") else _gave_up(said)
    errors = {int(words[2]) & _CODE for words in said.all("ERROR") if words[1] == "pkdecrypt_failed" and words[2].isdecimal()}
    if errors.intersection(_PASSPHRASE):
        return OperatorError("openpgp.passphrase does not open the private key; give the one that the key was made with.")
    if errors.intersection(_AGENT):
        return _gave_up(said)
    wanted = sorted({words[1] for words in said.all("ENC_TO") if len(words) > 1 and words[1].strip("0")})
    if not said.has("NO_SECKEY"):
        return damaged()
    return _refused(
        "not_decrypted",
        Sentence(
            "The file is not encrypted for the agreed key, but for %(fingerprints)s. Encrypt it with the public key that you were"
            " given.",
            fingerprints=", ".join(wanted),
        )
        if wanted
        else Sentence("The file is not encrypted for the agreed key. Encrypt it with the public key that you were given."),
    )


def _not_whole(said: Said) -> NightclerkError | None:
    if said.has("DECRYPTION_OKAY") and said.has("GOODMDC") and not said.has("BADMDC", "DECRYPTION_FAILED"):
        return None
    methods = [words[1:4:2] for words in said.all("DECRYPTION_INFO")]
    if not any(method[:1] == ("0",) and method[1:] in ((), ("0",)) for method in methods):
        return damaged()
    return _refused(
        "not_decrypted",
        Sentence(
            "The file is encrypted without protection against changes (MDC), so that it cannot be told whether it is whole."
            " Encrypt it with a current program, or turn the protection on."
        ),
    )


def _badly_signed(said: Said, signers: Set[str]) -> NightclerkError | None:
    if said.has("BADSIG"):
        told = Sentence("The signature does not belong to this content: the file was changed after it was signed.")
        return _refused("wrong_signature", told)
    if said.has(*_EXPIRED):
        return _refused("wrong_signature", Sentence("The file's signature, or the key that it was made with, has expired."))
    if said.has(_REVOKED):
        return _refused("wrong_signature", Sentence("The file is signed with a key that was revoked."))
    by = {words[-1] for words in said.all("VALIDSIG")}
    unknown = {words[-1] for words in said.all("ERRSIG") if _NO_KEY in words[6:7]}
    if strangers := sorted(unknown | by - signers):
        told = Sentence(
            "The file is signed with a key that is not agreed: %(fingerprints)s. Sign it with the agreed key, and with no other.",
            fingerprints=", ".join(strangers),
        )
        return _refused("wrong_signature", told)
    if said.has("ERRSIG"):
        told = Sentence(
            "The file's signature cannot be checked: it is made in a way that is not known here, or not safe any more."
        )
        return _refused("wrong_signature", told)
    if not by or not said.has("GOODSIG"):
        return _refused("not_signed", Sentence("The file is not signed, and only signed files are taken."))
    return None


def _for_nothing(said: Said) -> bool:
    """Whether the program ended with an error though the message is whole: it tried our key in vain for a recipient who is not
    named before it came to us."""
    hidden = any(words[1:2] == (_NAMELESS,) for words in said.all("NO_SECKEY"))
    return said.exit == _SOME_ERROR and hidden and not said.has("NODATA", "UNEXPECTED", "FAILURE", "ERROR", "BADARMOR")


def _one_content(status: Sequence[tuple[str, ...]]) -> bool:
    """Whether just one content was found, and that within the encryption."""
    words = [one[0] for one in status if one[0] in ("BEGIN_DECRYPTION", "PLAINTEXT", "END_DECRYPTION")]
    return words == ["BEGIN_DECRYPTION", "PLAINTEXT", "END_DECRYPTION"]


def not_encrypted() -> SenderError:
    """Returns the refusal of a file that comes without encryption."""
    return SenderError(
        "not_encrypted", Sentence("The file is not encrypted, and only files that are encrypted with OpenPGP are taken.")
    )


def without_key() -> SenderError:
    """Returns the refusal of an encrypted file of a tenant who has no key."""
    told = Sentence(
        "The file is encrypted with OpenPGP, and no key is set up here that would open it.%(setting)s",
        setting=" The tenant's `openpgp` names the key.",
    )
    return SenderError("not_decrypted", told)


def _gave_up(said: Said) -> NightclerkError:
    if said.exit < 0:
        return WeatherError(f"GnuPG was ended by signal {-said.exit} while it decrypted a file; it will be tried again.")
    told = said.errors.strip().rpartition("\n")[2][:300] or f"it ended with {said.exit} without a word"
    return OperatorError(f"GnuPG cannot work on this machine: {told}. Try it with: nightclerk check --connect.")


def _too_large() -> SenderError:
    return SenderError("file_too_large", Sentence("What is encrypted in the file is larger than what is accepted."))


def damaged() -> SenderError:
    """Returns the refusal of a file that is not whole."""
    told = Sentence(
        "The file cannot be decrypted: it is damaged, changed on its way, or its end is missing. Encrypt it anew and send"
        " it again."
    )
    return SenderError("not_decrypted", told)


def _refused(code: str, told: Sentence) -> SenderError:
    return SenderError(code, told)
