"""Requests for access from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import print_json, print_table
from archiveia.cli.parser.arguments import who
from archiveia.edges import database
from archiveia.edges.database import requests
from archiveia.pipeline import requesting
from archiveia.settings import read_settings
from archiveia.steps.respond import RequestState, urgency

if TYPE_CHECKING:
    import argparse


def add(args: argparse.Namespace) -> int:
    """Register a request; its acknowledgement on stdout."""
    with pipeline.open_edges(read_settings()) as edges:
        acknowledged = requesting.receive(
            args.name, args.email, args.subject, edges=edges, kind=args.kind, received_on=args.received_on
        )
    print(acknowledged.letter)
    return 0


def listing(args: argparse.Namespace) -> int:
    """The requests, the most urgent first."""
    with pipeline.open_edges(read_settings()) as edges:
        with database.reading(edges.database) as connection:
            rows = requests.desk(connection, edges.entity)
        today = edges.today()
    if args.json:
        print_json([row._asdict() for row in rows])
        return 0
    waiting = RequestState.RECEIVED
    print_table(
        ("number", "received", "answer by", "state", "who", "what"),
        [
            (
                r.number,
                r.received_on,
                f"{r.due_on} ({urgency(r.due_on, today)})" if r.state == waiting else r.due_on,
                r.state,
                r.requester,
                r.subject,
            )
            for r in rows
        ],
    )
    return 0


def answer(args: argparse.Namespace) -> int:
    """Answer a request."""
    return _move(args, RequestState.ANSWERED)


def refuse(args: argparse.Namespace) -> int:
    """Refuse a request, with reasons."""
    return _move(args, RequestState.REFUSED)


def close(args: argparse.Namespace) -> int:
    """Close a request."""
    return _move(args, RequestState.CLOSED)


def _move(args: argparse.Namespace, state: RequestState) -> int:
    with pipeline.open_edges(read_settings()) as edges:
        sent = requesting.answer(
            args.number, state, args.text, actor=who(args), edges=edges, is_computed=args.computed
        )
    print(f"{args.number}: {state}")
    if sent != args.text:  # what was added is to be sent, too
        print(sent)
    return 0
