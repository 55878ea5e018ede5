"""The models that the app recommends, described by data. Torch-free, so that it opens at once.

Parameters and multiply-adds were counted on the networks themselves (torch 2.15, ``FlopCounterMode``, 1000 classes).
Any other model of torchvision or timm can be named by its id.
"""

import difflib
from dataclasses import dataclass
from typing import Literal

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.weight_files import SAFE_NAME, WeightsFile, find_weights

SourceName = Literal["starter", "torchvision", "timm", "file", "run"]
STARTER_ID = "starter"
LOCAL_SOURCES: tuple[Literal["file"], Literal["run"]] = ("file", "run")  # ``file:PATH`` and ``run:PATH``

_LIGHT_PARAMETERS, _LIGHT_GMACS = 8_000_000, 0.6


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """What a person needs to choose a model.

    Attributes:
        id: ``starter``, ``torchvision/NAME``, ``timm/NAME``, ``run:PATH`` or ``file:PATH``.
        num_parameters: With its original head; 0 where unknown.
        gmacs: Multiply-adds of one image at ``input_size``, in billions: the yardstick for time; 0 where unknown.
        input_size: Side of the input, in pixels.
        license: SPDX identifier where there is one; of the weights where the authors name one, else of the code. Empty
            where nobody says.
        summary: When to take it, in one sentence; empty for most.
        weights: Their file; None where they came with the app, or are the user's own.
        top1: Published accuracy on ImageNet-1k, in [0, 1].
        pretraining: What the weights have learnt from, such as ``ImageNet-22k, ImageNet-1k``.
        self_supervised: Learnt without class labels (DINOv2, MAE, CLIP, SigLIP and like) and not tuned with them after.
        recipe: Address of the authors' description of the training.
    """

    id: str
    title: str
    family: str
    num_parameters: int
    gmacs: float
    input_size: int
    license: str
    summary: str = ""
    weights: WeightsFile | None = None
    top1: float | None = None
    pretraining: str = ""
    self_supervised: bool = False
    recipe: str = ""

    @property
    def source(self) -> str:
        """The library, ``run`` or ``file``."""
        return split_id(self.id)[0]

    @property
    def is_light(self) -> bool:
        """Whether it suits a phone or a small board."""
        return 0 < self.num_parameters <= _LIGHT_PARAMETERS and 0 < self.gmacs <= _LIGHT_GMACS

    @property
    def num_bytes(self) -> int:
        """Size of the weights: of the file where it is known, else four for each parameter; 0 where unknown."""
        return self.weights.num_bytes if self.weights and self.weights.num_bytes else 4 * self.num_parameters


def _torchvision_file(model_id: str, name: str) -> WeightsFile:
    """A file in torchvision's place; its checksum is in the name."""
    return WeightsFile(model_id=model_id, name=name, place="torchvision", sha256=name.rpartition("-")[2].split(".")[0])


def _timm_file(model_id: str) -> WeightsFile:
    name = model_id.partition("/")[2]
    return WeightsFile(model_id=model_id, name=SAFE_NAME, place=f"timm/{name}", hub_id=f"timm/{name}")


CATALOG: tuple[ModelInfo, ...] = (
    ModelInfo(
        id=STARTER_ID,
        title="Starter (EfficientNet-Lite0)",
        family="EfficientNet",
        num_parameters=4_652_008,
        gmacs=0.39,
        input_size=224,
        license="Apache-2.0",
        summary="Small, quick and already on this machine: the best first choice without a GPU.",
    ),
    ModelInfo(
        id="torchvision/mobilenet_v3_small",
        title="MobileNetV3 Small",
        family="MobileNet",
        num_parameters=2_542_856,
        gmacs=0.06,
        input_size=224,
        license="BSD-3-Clause",
        summary="The quickest: for phones and small boards, at some cost in accuracy.",
        weights=_torchvision_file("torchvision/mobilenet_v3_small", "mobilenet_v3_small-047dcff4.pth"),
    ),
    ModelInfo(
        id="torchvision/mobilenet_v3_large",
        title="MobileNetV3 Large",
        family="MobileNet",
        num_parameters=5_483_032,
        gmacs=0.22,
        input_size=224,
        license="BSD-3-Clause",
        summary="Light and accurate: for phones and small boards.",
        weights=_torchvision_file("torchvision/mobilenet_v3_large", "mobilenet_v3_large-5c1a4163.pth"),
    ),
    ModelInfo(
        id="torchvision/efficientnet_b0",
        title="EfficientNet-B0",
        family="EfficientNet",
        num_parameters=5_288_548,
        gmacs=0.39,
        input_size=224,
        license="BSD-3-Clause",
        summary="Accurate for its size; a little slower than MobileNet.",
        weights=_torchvision_file("torchvision/efficientnet_b0", "efficientnet_b0_rwightman-7f5810bc.pth"),
    ),
    ModelInfo(
        id="torchvision/resnet18",
        title="ResNet-18",
        family="ResNet",
        num_parameters=11_689_512,
        gmacs=1.81,
        input_size=224,
        license="BSD-3-Clause",
        summary="Simple and sturdy: easy to understand and to explain.",
        weights=_torchvision_file("torchvision/resnet18", "resnet18-f37072fd.pth"),
    ),
    ModelInfo(
        id="torchvision/resnet50",
        title="ResNet-50",
        family="ResNet",
        num_parameters=25_557_032,
        gmacs=4.09,
        input_size=224,
        license="BSD-3-Clause",
        summary="The standard of the literature: good for comparing with published results.",
        weights=_torchvision_file("torchvision/resnet50", "resnet50-11ad3fa6.pth"),
    ),
    ModelInfo(
        id="torchvision/densenet121",
        title="DenseNet-121",
        family="DenseNet",
        num_parameters=7_978_856,
        gmacs=2.83,
        input_size=224,
        license="BSD-3-Clause",
        summary="Widely used on X-ray images; small, but not quick.",
        weights=_torchvision_file("torchvision/densenet121", "densenet121-a639ec97.pth"),
    ),
    ModelInfo(
        id="torchvision/convnext_tiny",
        title="ConvNeXt Tiny",
        family="ConvNeXt",
        num_parameters=28_589_128,
        gmacs=4.46,
        input_size=224,
        license="BSD-3-Clause",
        summary="A modern convolutional network: among the most accurate here, best with a GPU.",
        weights=_torchvision_file("torchvision/convnext_tiny", "convnext_tiny-983f1562.pth"),
    ),
    ModelInfo(
        id="torchvision/swin_t",
        title="Swin Transformer Tiny",
        family="Swin",
        num_parameters=28_288_354,
        gmacs=4.49,
        input_size=224,
        license="BSD-3-Clause",
        summary="A transformer that looks at windows of the image; best with a GPU.",
        weights=_torchvision_file("torchvision/swin_t", "swin_t-704ceda3.pth"),
    ),
    ModelInfo(
        id="torchvision/efficientnet_v2_s",
        title="EfficientNetV2 Small",
        family="EfficientNet",
        num_parameters=21_458_488,
        gmacs=8.37,
        input_size=384,
        license="BSD-3-Clause",
        summary="Large input for fine detail; needs a GPU.",
        weights=_torchvision_file("torchvision/efficientnet_v2_s", "efficientnet_v2_s-dd5fe13b.pth"),
    ),
    ModelInfo(
        id="torchvision/vit_b_16",
        title="ViT-B/16",
        family="ViT",
        num_parameters=86_567_656,
        gmacs=17.56,
        input_size=224,
        license="BSD-3-Clause",
        summary="The classic vision transformer: large, needs a GPU.",
        weights=_torchvision_file("torchvision/vit_b_16", "vit_b_16-c867db91.pth"),
    ),
    ModelInfo(
        id="timm/mobilenetv4_conv_small.e2400_r224_in1k",
        title="MobileNetV4 Small",
        family="MobileNet",
        num_parameters=3_774_024,
        gmacs=0.19,
        input_size=224,
        license="Apache-2.0",
        summary="The newest MobileNet: very quick on phones and CPUs.",
        weights=_timm_file("timm/mobilenetv4_conv_small.e2400_r224_in1k"),
    ),
    ModelInfo(
        id="timm/convnext_tiny.fb_in22k_ft_in1k",
        title="ConvNeXt Tiny (ImageNet-22k)",
        family="ConvNeXt",
        num_parameters=28_589_128,
        gmacs=4.46,
        input_size=224,
        license="Apache-2.0",
        summary="Pretrained on 14 million images: strong general features, best with a GPU.",
        weights=_timm_file("timm/convnext_tiny.fb_in22k_ft_in1k"),
    ),
    ModelInfo(
        id="timm/vit_small_patch16_224.augreg_in21k_ft_in1k",
        title="ViT-S/16 (ImageNet-21k)",
        family="ViT",
        num_parameters=22_050_664,
        gmacs=4.6,
        input_size=224,
        license="Apache-2.0",
        summary="A small vision transformer with strong general features; best with a GPU.",
        weights=_timm_file("timm/vit_small_patch16_224.augreg_in21k_ft_in1k"),
    ),
    ModelInfo(
        id="timm/vit_small_patch14_dinov2.lvd142m",
        title="DINOv2 ViT-S/14",
        family="ViT",
        num_parameters=22_056_192,
        gmacs=46.7,
        input_size=518,
        license="Apache-2.0",
        summary="Self-supervised on 142 million images: excellent with a frozen backbone, slow without a GPU.",
        pretraining="LVD-142M",
        self_supervised=True,
        weights=_timm_file("timm/vit_small_patch14_dinov2.lvd142m"),
    ),
)
_BY_ID = {info.id: info for info in CATALOG}


def find_info(model_id: str) -> ModelInfo | None:
    """The entry of the catalog, or None for a model that is not in it."""
    return _BY_ID.get(model_id)


def split_id(model_id: str) -> tuple[SourceName, str]:
    """Source and name of a model id.

    Raises:
        EngineError: The id names no known source.
    """
    if model_id == STARTER_ID:
        return "starter", "tf_efficientnet_lite0"
    for prefix in LOCAL_SOURCES:
        if model_id.startswith(f"{prefix}:") and len(model_id) > len(prefix) + 1:
            return prefix, model_id.removeprefix(f"{prefix}:")
    source, _, name = model_id.partition("/")
    if source == "torchvision" and name:
        return "torchvision", name
    if source == "timm" and name:
        return "timm", name
    raise unknown_model(model_id, [info.id for info in CATALOG])


def unknown_model(model_id: str, known: list[str]) -> EngineError:
    """The error for an id that names no model, with the nearest that do."""
    close = difflib.get_close_matches(model_id, known, n=3, cutoff=0.5)
    if not close:  # perhaps the source was left out
        close = [other for other in known if model_id and model_id.lower() in other][:3]
    hint = (
        f"Did you mean {' or '.join(close)}?"
        if close
        else "Use starter, torchvision/NAME, timm/NAME, file:PATH or run:PATH."
    )
    return EngineError(f"There is no model '{model_id}'.", hint)


def weights_on_this_machine(info: ModelInfo) -> bool:
    """Whether the pretrained weights need no download."""
    return info.weights is None or find_weights(info.weights) is not None
