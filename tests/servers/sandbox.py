"""Runs a systemd unit's ExecStart in the sandbox that the unit asks for, where no systemd is to do it: for tests and trials.

``python sandbox.py UNIT [NAME=PATH…]``, as root; NAME=PATH are credentials. What is done: user, groups and their name space,
capabilities, read-only system with the state folder and ReadWritePaths, private /tmp and /dev, hidden homes and processes,
credentials, system calls, address families, memory that is never writable and executable. The process becomes the service.
"""

from __future__ import annotations

import ctypes
import errno
import os
import pwd
import shlex
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_READ_ONLY, _BIND, _RECURSIVE, _PRIVATE = 0x1, 0x1000, 0x4000, 0x40000
_NEW_MOUNTS, _NEW_USERS, _NEW_IPC = 0x00020000, 0x10000000, 0x08000000
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000
_NO_NEW_PRIVILEGES, _DROP_CAPABILITY = 38, 24
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_WRITE, _EXECUTE = 2, 4


def _must(answer: int, what: str) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return answer


def settings(unit: Path) -> dict[str, list[str]]:
    """Given a unit's file; returns all values of each key, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in unit.read_text().splitlines():
        key, given, value = line.partition("=")
        if given and not line.startswith("#"):
            found[key].append(value)
    return found


def _mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    answer = _LIBC.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode())
    _must(answer, f"mount {source} on {target}")


def _read_only(path: str, yes: bool, recursive: bool = False) -> None:
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY if yes else 0, 0 if yes else _READ_ONLY, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _must(_LIBC.syscall(_MOUNT_SETATTR, _AT_FDCWD, path.encode(), flags, attributes, 32), f"mount_setattr {path}")


def _narrow_the_view(writable: list[str]) -> None:
    """ProtectSystem=strict, ProtectHome, PrivateTmp, PrivateDevices, ProtectProc=invisible, ProcSubset=pid."""
    _must(_LIBC.unshare(_NEW_MOUNTS | _NEW_IPC), "unshare")
    _mount("none", "/", flags=_RECURSIVE | _PRIVATE)
    for path in writable:
        _mount(path, path, flags=_BIND)
    python = sys.base_prefix
    kept = "/run/python"
    Path(kept).mkdir()
    _mount(python, kept, flags=_BIND)
    for home in ("/home", "/root"):
        _mount("none", home, "tmpfs", options="mode=755")
    Path(python).mkdir(parents=True, exist_ok=True)  # an interpreter in root's home is needed all the same
    _mount(kept, python, flags=_BIND)
    _mount("none", "/var/tmp", "tmpfs", options="mode=1777")
    _mount("proc", "/proc", "proc", options="hidepid=invisible,subset=pid")
    _read_only("/", True, recursive=True)
    for path in (*writable, "/var/tmp", "/proc"):
        _read_only(path, False)
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
    descriptors = [os.open(path, os.O_PATH) for path in devices]
    _mount("none", "/dev", "tmpfs", options="mode=755")
    for path, descriptor in zip(devices, descriptors, strict=True):
        Path(path).touch()
        _mount(f"/proc/self/fd/{descriptor}", path, flags=_BIND)
        os.close(descriptor)


def _hand_over(credentials: dict[str, bytes], user: pwd.struct_passwd) -> str:
    folder = Path("/dev/credentials")  # a place that is ours here; systemd has its own
    folder.mkdir(mode=0o700)
    for name, secret in credentials.items():
        (folder / name).write_bytes(secret)
        (folder / name).chmod(0o400)
        os.chown(folder / name, user.pw_uid, user.pw_gid)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return str(folder)


def _private_users(user: pwd.struct_passwd) -> None:
    """PrivateUsers: only root and the service's own user have names. The maps are written by a child that stays outside."""
    begun, begin = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.read(begun, 1)
        for name, number in (("uid_map", user.pw_uid), ("gid_map", user.pw_gid)):
            Path(f"/proc/{os.getppid()}/{name}").write_text(f"0 0 1\n{number} {number} 1\n")
        os._exit(0)
    _must(_LIBC.unshare(_NEW_USERS), "unshare users")
    os.write(begin, b"x")
    if os.waitpid(writer, 0)[1] != 0:
        raise RuntimeError("the maps of users cannot be written")
    os.close(begun)
    os.close(begin)


class _Argument(ctypes.Structure):
    _fields_ = [("number", ctypes.c_uint), ("compare", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]


class Filter:
    """The system calls that the unit allows, by libseccomp, which systemd uses too."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2")

    def load(self, allowed: set[str], families: set[int]) -> None:
        """Given the calls and the address families that are allowed; all else fails with EPERM from now on."""
        self._library.seccomp_init.restype = ctypes.c_void_p
        calls = ctypes.c_void_p(self._library.seccomp_init(_ERRNO | errno.EPERM))
        for name in allowed:
            number = self._library.seccomp_syscall_resolve_name(name.encode())
            if number >= 0:
                self._library.seccomp_rule_add(calls, _ALLOW, number, 0)
        more = ctypes.c_void_p(self._library.seccomp_init(_ALLOW))
        for family in set(range(46)) - families:
            self._refuse(more, "socket", errno.EAFNOSUPPORT, _Argument(0, 4, family, 0))
        both = _WRITE | _EXECUTE
        self._refuse(more, "mmap", errno.EPERM, _Argument(2, _MASKED_EQUAL, both, both))
        for name in ("mprotect", "pkey_mprotect"):
            self._refuse(more, name, errno.EPERM, _Argument(2, _MASKED_EQUAL, _EXECUTE, _EXECUTE))
        self._load(more)
        self._load(calls)  # last, for it allows no further filter

    def _refuse(self, calls: ctypes.c_void_p, name: str, error: int, argument: _Argument) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        _must(self._library.seccomp_rule_add_array(calls, _ERRNO | error, number, 1, ctypes.byref(argument)), name)

    def _load(self, calls: ctypes.c_void_p) -> None:
        _must(self._library.seccomp_load(calls), "seccomp_load")


def _calls(filters: list[str]) -> set[str]:
    """Given the SystemCallFilter lines; returns the names of the allowed calls."""
    groups: dict[str, list[str]] = defaultdict(list)
    current = ""
    listing = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        if line.startswith("@"):
            current = line.strip()
        elif line.strip() and not line.strip().startswith("#"):
            groups[current].append(line.strip())

    def members(name: str) -> set[str]:
        return set().union(*(members(one) for one in groups[name])) if name.startswith("@") else {name}

    allowed: set[str] = set(members("@default"))
    for line in filters:
        named = set().union(*(members(one) for one in line.removeprefix("~").split()))
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


def main() -> None:
    unit, credentials = settings(Path(sys.argv[1])), dict(one.split("=", 1) for one in sys.argv[2:])
    secrets = {name: Path(path).read_bytes() for name, path in credentials.items()}
    user = pwd.getpwnam(unit["User"][-1])
    state = f"/var/lib/{unit['StateDirectory'][-1]}"
    allowed = _calls(unit["SystemCallFilter"])
    families = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
    sockets = {families[name] for line in unit["RestrictAddressFamilies"] for name in line.split()}
    filters = Filter()
    _narrow_the_view([state, *(path for line in unit["ReadWritePaths"] for path in line.split())])
    environment = dict(one.split("=", 1) for line in unit["Environment"] for one in shlex.split(line))
    environment |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": user.pw_dir}
    environment |= {name: os.environ[name] for name in ("NOTIFY_SOCKET",) if name in os.environ}
    environment["CREDENTIALS_DIRECTORY"] = _hand_over(secrets, user)
    _read_only("/dev", True)
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    for capability in range(41):
        _must(_LIBC.prctl(_DROP_CAPABILITY, capability, 0, 0, 0), "capability bounding set")
    os.setgroups(groups)
    _private_users(user)
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    os.umask(int(unit["UMask"][-1], 8))
    os.chdir(unit["WorkingDirectory"][-1])
    _must(_LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
    command = shlex.split(unit["ExecStart"][-1])
    filters.load(allowed, sockets)
    os.execve(command[0], command, environment)  # noqa: S606 - it is the unit's own line


if __name__ == "__main__":
    main()
