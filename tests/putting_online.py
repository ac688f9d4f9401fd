"""What a person states to put a unit online, and to take it off, for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.pipeline import publishing
from archiveia.values import TakedownReason, ThirdPartyRights

if TYPE_CHECKING:
    from archiveia import pipeline


def publish_it(
    unit_id: str, *, actor: str, edges: pipeline.Edges, data: str = "none", rights: str = "none"
) -> list[str]:
    return publishing.publish(
        unit_id, rights=ThirdPartyRights(rights), data_class=data, actor=actor, edges=edges
    )


def withdraw_it(unit_id: str, *, actor: str, edges: pipeline.Edges) -> list[str]:
    return publishing.take_down(unit_id, reason=TakedownReason.PRIVACY, actor=actor, edges=edges)
