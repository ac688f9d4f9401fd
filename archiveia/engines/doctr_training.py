"""The loop that trains a docTR model: seeded, resumable, the best weights kept.

The batch of step ``n`` comes from a function of ``n`` alone, so that a run cut short and taken up again
gives the weights of a run that was not (on one machine, with ``steps``: ``minutes`` depend on its speed).
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from archiveia.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WARM_UP = 0.02
_LAST_RATE = 0.01
"""The learning rate rises over this share of the run, and falls to this share of its peak."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train and how: the run ends after ``steps``, or ``minutes``, whichever comes first.

    ``bfloat16``: compute in half precision; always so on CUDA, a gain only on processors made for it (AMX).
    """

    steps: int | None
    minutes: float | None
    rate: float = 1.5e-3
    validate_every: int = 1000
    save_every: int = 200
    bfloat16: bool = False


@dataclass(slots=True)
class Progress:
    """How far a run is: steps made, seconds spent on them, the latest loss, and the best error rate so far."""

    step: int = 0
    seconds: float = 0.0
    loss: float = math.nan
    best_errors: float = math.inf
    best_step: int = 0

    def share(self, plan: Plan) -> float:
        """The part of the run that is done, 0-1."""
        shares = [0.0]
        if plan.steps:
            shares.append(self.step / plan.steps)
        if plan.minutes:
            shares.append(self.seconds / (plan.minutes * 60))
        return min(1.0, max(shares))


class Training:
    """One model in training.

    Args:
        model: of docTR, with its first weights.
        arch: its architecture; ``vocabulary``: the characters that a recogniser learns, in order.
        loss_of: the loss of the model on a batch.
        momentum: of batch normalisation: MobileNet's own (0.01) lags behind the weights in runs this short.
    """

    def __init__(
        self,
        model: Any,
        arch: str,
        vocabulary: str,
        loss_of: Callable[[Any, Any], torch.Tensor],
        *,
        momentum: float = 0.05,
    ) -> None:
        torch.set_num_threads(1)
        self.arch, self.vocabulary = arch, vocabulary
        self.progress = Progress()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = momentum
        self.device = device()
        self.model = model.to(self.device, memory_format=torch.channels_last)
        self._loss_of = loss_of
        self._optimiser = torch.optim.AdamW(self.model.parameters(), lr=1e-3, weight_decay=1e-4)

    def fit(
        self,
        batch_of: Callable[[int, float], Any],
        plan: Plan,
        folder: Path,
        *,
        errors_of: Callable[[], float],
        tell: Callable[[Progress, float], None],
    ) -> None:
        """Trains to the end of the plan; takes up the run of ``folder`` where it stopped.

        Args:
            batch_of: what is learned in a step, which is given with the part of the run that is done.
            plan: how long, and how.
            folder: keeps ``checkpoint.pt`` and ``best.pt``.
            errors_of: the model's error rate on what is held out; the weights with the lowest are kept.
            tell: is told after each step how far the run is.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._take_up(folder / "checkpoint.pt")
        while (share := self.progress.share(plan)) < 1:
            started_s = time.perf_counter()
            self._step(batch_of(self.progress.step, share), plan, share)
            self.progress.step += 1
            self.progress.seconds += time.perf_counter() - started_s
            done = self.progress.share(plan)
            if done >= 1 or self.progress.step % plan.validate_every == 0:
                self._keep_best(errors_of(), folder / "best.pt")
            if done >= 1 or self.progress.step % plan.save_every == 0:
                self._save(folder / "checkpoint.pt")
            tell(self.progress, done)
        if (folder / "best.pt").is_file():
            self.model.load_state_dict(torch.load(folder / "best.pt", map_location=device()))

    def _step(self, batch: Any, plan: Plan, share: float) -> None:
        self.model.train()
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(plan, share)
        half = plan.bfloat16 or device().type == "cuda"
        with torch.autocast(device().type, torch.bfloat16, enabled=half):
            loss = self._loss_of(self.model, batch)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self._optimiser.step()
        value = float(loss.detach())
        known = not math.isnan(self.progress.loss)
        self.progress.loss = 0.98 * self.progress.loss + 0.02 * value if known else value

    def _keep_best(self, errors: float, file: Path) -> None:
        if errors <= self.progress.best_errors:
            self.progress.best_errors, self.progress.best_step = errors, self.progress.step
            torch.save(self.model.state_dict(), file)

    def _save(self, file: Path) -> None:
        fresh = file.with_suffix(".new")
        state = {
            "arch": self.arch,
            "vocabulary": self.vocabulary,
            "progress": asdict(self.progress),
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        torch.save(state, fresh)
        fresh.replace(file)

    def _take_up(self, file: Path) -> None:
        if not file.is_file():
            return
        kept = torch.load(file, map_location=device())
        if (kept["arch"], kept["vocabulary"]) != (self.arch, self.vocabulary):
            raise SettingsError(
                f"{file} is the checkpoint of another model ({kept['arch']})",
                "give another folder with --out, or the same options as before",
            )
        self.model.load_state_dict(kept["model"])
        self._optimiser.load_state_dict(kept["optimiser"])
        self.progress = Progress(**kept["progress"])


def device() -> torch.device:
    """Where models are trained: the GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def rate_at(plan: Plan, share: float) -> float:
    """The learning rate: up in a straight line, then down a cosine."""
    if share < _WARM_UP:
        return plan.rate * (share + 1e-3) / (_WARM_UP + 1e-3)
    fall = (share - _WARM_UP) / (1 - _WARM_UP)
    return plan.rate * (_LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * fall)) / 2)


def normal(model: Any, images: torch.Tensor) -> torch.Tensor:
    """Grey images (count x height x width, 0-255) as a docTR model takes them."""
    mean, std = (torch.tensor(model.cfg[name]).view(1, 3, 1, 1) for name in ("mean", "std"))
    colours = images.unsqueeze(1).expand(-1, 3, -1, -1).float() / 255
    return ((colours - mean) / std).to(device()).contiguous(memory_format=torch.channels_last)
