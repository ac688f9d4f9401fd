"""``user``: the accounts of the staff, their roles and services."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_table
from archiveia.edges import database
from archiveia.edges.database import attempts, people
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import accounts
from archiveia.settings import read_settings
from archiveia.values import Role

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    import sqlalchemy as sa

    from archiveia.pipeline import Edges


def add(args: argparse.Namespace) -> int:
    """Make an account, or change its password."""
    role = Role(args.role) if args.role else None
    return add_account(args.name, role=role, services=args.service, person=args.person)


def add_account(
    name: str, *, role: Role | None = None, services: Sequence[str] = (), person: str = ""
) -> int:
    """Make the account with the password that is asked for; the first one is an administrator's."""
    password = _ask_password(name)
    with pipeline.open_edges(read_settings()) as edges:
        given = accounts.add(
            name,
            password,
            actor=getpass.getuser(),
            edges=edges,
            role=role,
            services=services,
            person=person,
        )
    print(f"account {name}: ready ({given})")
    return 0


def change(args: argparse.Namespace) -> int:
    """Give an account another role, other services or another person; what is not given stays."""
    with pipeline.open_edges(read_settings()) as edges:
        account = _named(args.name, edges)
        services = account.services if args.service is None else args.service
        accounts.change(
            account.id,
            role=Role(args.role or account.role),
            services=[name for name in services if name],
            person=args.person or account.person,
            oidc_subject=account.oidc_subject or "" if args.identity is None else args.identity,
            actor=getpass.getuser(),
            edges=edges,
        )
    print(f"account {args.name}: changed")
    return 0


def disable(args: argparse.Namespace) -> int:
    """Close an account; what it did stays in its name."""
    with pipeline.open_edges(read_settings()) as edges:
        accounts.disable(_named(args.name, edges).id, actor=getpass.getuser(), edges=edges)
    print(f"account {args.name}: disabled")
    return 0


def enable(args: argparse.Namespace) -> int:
    """Open a closed account again."""
    with pipeline.open_edges(read_settings()) as edges:
        accounts.enable(_named(args.name, edges).id, actor=getpass.getuser(), edges=edges)
    print(f"account {args.name}: enabled")
    return 0


def unlock(args: argparse.Namespace) -> int:
    """Let an account log in again at once after failed attempts."""
    with pipeline.open_edges(read_settings()) as edges:
        accounts.unlock(_named(args.name, edges).id, actor=getpass.getuser(), edges=edges)
    print(f"account {args.name}: unlocked")
    return 0


def list_all(args: argparse.Namespace) -> int:
    """The accounts with their roles, services and state."""
    del args
    with pipeline.open_edges(read_settings()) as edges, database.reading(edges.database) as connection:
        rows = people.user_list(connection, edges.entity)
        keys = [[attempts.name_key(row.name)] for row in rows]
        waits = [attempts.waits_until(connection, edges.entity, k, now=edges.now()) for k in keys]
    if not rows:
        print("no account yet")
        return 0
    print_table(
        ("name", "role", "services", "person", "state"),
        [
            (
                row.name,
                row.role,
                ", ".join(row.services) or ("none" if row.role == Role.SERVICE else "all"),
                row.person,
                "disabled" if row.disabled_at else f"locked until {wait:%H:%M} UTC" if wait else "",
            )
            for row, wait in zip(rows, waits, strict=True)
        ],
    )
    return 0


def _named(name: str, edges: Edges) -> sa.Row[Any]:
    with database.reading(edges.database) as connection:
        account = people.user_named(connection, edges.entity, name)
    if account is None:
        raise UnknownUnitError(f"no account {name!r} here", "list them with `archiveia user list`")
    return account


def _ask_password(name: str) -> str:
    """The password typed twice; a line of stdin when that is not a terminal (never an argument: others see those)."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"password of {name}: ")
    if getpass.getpass("again: ") != password:
        raise BadRequestError("the two passwords differ", "type them again")
    return password
