"""What a layer plan costs on this device: memory, and the time of each epoch.

The parts of a step are tried on images of noise (``probe``); what an epoch does with them follows from the config
(``epoch_times``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch

from finetune_gui.engine.config import ModelConfig, TrainConfig
from finetune_gui.engine.devices import pick_device, pick_precision
from finetune_gui.engine.epoch_times import USUAL_BATCH, EpochTimes, TrainingImages
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import leaf_multipliers, require_trainable, trainable_parameters
from finetune_gui.engine.models.layers import describe_layers, freeze, parameter_multipliers
from finetune_gui.engine.models.prefix import Cut, cut_network
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.optim import build_optimizer
from finetune_gui.engine.probe import Probe, ProbeStopped, num_bytes, probe_size

# What follows on an epoch (audit, drift, checkpoint), by the size of what is saved; measured on an ordinary SSD.
SAVED_BYTES_PER_SECOND = 200e6


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """An estimate for the first preset of a plan. Memory is in bytes.

    Attributes:
        device: Where it was measured.
        trainable_parameters: With λ > 0.
        total_parameters: All.
        weights: Parameters and buffers, measured; those of frozen layers that run once are there twice.
        gradients: Measured.
        optimizer: State of the optimizer, measured.
        activations: What a training step of the full batch keeps for its gradients; in proportion to the probe.
        available: Free on the device.
        epoch_seconds: Of each epoch until the plan changes: learning, validating and saving. What earlier runs have
            kept makes them shorter.
        kept: What frozen layers give for all images, kept in memory or on disk; 0 where they run in every epoch.
        decoding_known: Whether the time to read images is in ``epoch_seconds``.
        num_steps: That were timed.
        probe_batch: Most images in one of them.
    """

    device: str
    trainable_parameters: int
    total_parameters: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    available: int
    epoch_seconds: tuple[float, ...]
    kept: int
    decoding_known: bool
    num_steps: int
    probe_batch: int

    @property
    def memory(self) -> int:
        """All of it together."""
        return self.weights + self.gradients + self.optimizer + self.activations

    @property
    def fits(self) -> bool:
        """Whether that much is free; the weights of the probe count as free."""
        return self.memory <= self.available


class Forecaster:
    """Holds a network with random weights, so that one plan after the other can be tried on it.

    Args:
        config: Which network; its pretrained weights are not needed.
        num_classes: Outputs of the head.
        device: As in ``TrainConfig``.

    Raises:
        EngineError: There is no such model or device.
    """

    def __init__(self, config: ModelConfig, num_classes: int, device: str) -> None:
        self._device = pick_device(device)
        probe = ModelConfig(id=config.network, weights="none", head_dropout=config.head_dropout)
        loaded = load_model(probe, num_classes)
        self._num_classes = num_classes
        self._spec = loaded.preprocessing
        self._tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
        self._model = loaded.model
        self._model.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forecast(
        self, config: TrainConfig, images: TrainingImages, *, should_stop: Callable[[], bool] = lambda: False
    ) -> Forecast | None:
        """Try the plan of a config as it is in the first epoch; None if it was asked to stop.

        Raises:
            EngineError: The plan cannot be, or a batch does not fit into the memory of the device.
        """
        plan = config.plan.at(1)
        multipliers = leaf_multipliers(self._tree, plan)
        require_trainable(multipliers)
        freeze(self._model, multipliers)
        batch_size = config.batch_size or USUAL_BATCH
        noise, targets = self._noise(probe_size(batch_size, self._device))
        cut = self._cut(config, noise) if 0.0 in multipliers.values() else None
        probe = Probe(
            self._model,
            cut,
            build_optimizer(parameter_multipliers(self._model, multipliers), config.optim, lr=1e-6),
            noise,
            targets,
            batch_norm=plan.batch_norm,
            precision=pick_precision(config.speed.precision, self._device),
            should_stop=should_stop,
        )
        try:
            measured = probe.measure()
        except torch.OutOfMemoryError as error:
            raise EngineError(
                f"A batch of {batch_size} images does not fit into the memory of {self._device} with this plan.",
                "Choose a smaller batch, or freeze more layers.",
            ) from error
        except ProbeStopped:
            return None
        finally:
            self._model.zero_grad(set_to_none=True)
        times = EpochTimes(config, images, self._spec, self._device, cut, measured)
        weights = num_bytes([*self._model.parameters(), *self._model.buffers()])
        return Forecast(
            device=str(self._device),
            trainable_parameters=trainable_parameters(self._tree, multipliers),
            total_parameters=self._tree.root.num_parameters,
            weights=weights + (num_bytes(cut.prefix.module.state_dict().values()) if cut is not None else 0),
            gradients=measured.gradients,
            optimizer=measured.optimizer,
            activations=round(measured.activations * batch_size),
            available=_available(self._device),
            epoch_seconds=times.seconds(saving=(weights + measured.optimizer) / SAVED_BYTES_PER_SECOND),
            kept=times.kept,
            decoding_known=times.decoding_known,
            num_steps=measured.num_steps,
            probe_batch=measured.largest,
        )

    def _cut(self, config: TrainConfig, noise: torch.Tensor) -> Cut | None:
        """As a run would; mixed images are new each time, so nothing of them is kept."""
        if not config.speed.cache or config.loss.mixes:
            return None
        example = torch.cat([noise] * 2)[:3].contiguous(memory_format=torch.channels_last)
        return cut_network(self._model, config.plan.batch_norm, example)

    def _noise(self, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(0)  # its own: a run's random numbers are not touched
        images = torch.randn(batch, 3, self._spec.size, self._spec.size, generator=generator)
        targets = torch.randint(0, self._num_classes, (batch,), generator=generator)
        return images.to(self._device, memory_format=torch.channels_last), targets.to(self._device)


def _available(device: torch.device) -> int:
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device)
    return int(psutil.virtual_memory().available)
