"""What the name of a model says: its family, what its weights have learnt from, and how. Torch-free.

torchvision and timm name models by architecture and, after a dot, by a tag of the weights:
``convnext_tiny.fb_in22k_ft_in1k`` learnt ImageNet-22k at Facebook and was then tuned on ImageNet-1k.
"""

import re

# The longest fitting beginning counts. What is not listed is called by the first part of its name.
_FAMILIES = {
    "alexnet": "AlexNet",
    "aimv2": "AIMv2",
    "bat_resnext": "ResNeXt",
    "beit": "BEiT",
    "botnet": "BoTNet",
    "caformer": "MetaFormer",
    "cait": "CaiT",
    "coat_": "CoaT",
    "coatnet": "CoAtNet",
    "convformer": "MetaFormer",
    "convmixer": "ConvMixer",
    "convnext": "ConvNeXt",
    "crossvit": "CrossViT",
    "cspdarknet": "CSPNet",
    "cspres": "CSPNet",
    "darknet": "DarkNet",
    "deit": "DeiT",
    "densenet": "DenseNet",
    "dla": "DLA",
    "dpn": "DPN",
    "eca_resnet": "ResNet",
    "ecaresnet": "ResNet",
    "edgenext": "EdgeNeXt",
    "efficientformer": "EfficientFormer",
    "efficientnet": "EfficientNet",
    "efficientvit": "EfficientViT",
    "ese_vovnet": "VoVNet",
    "eva": "EVA",
    "fastvit": "FastViT",
    "fbnet": "MobileNet",
    "focalnet": "FocalNet",
    "gc_efficientnet": "EfficientNet",
    "gcresnet": "ResNet",
    "gcvit": "GCViT",
    "ghostnet": "GhostNet",
    "googlenet": "Inception",
    "hardcorenas": "MobileNet",
    "hgnet": "HGNet",
    "hiera": "Hiera",
    "hrnet": "HRNet",
    "inception": "Inception",
    "lcnet": "MobileNet",
    "legacy_se": "SENet",
    "levit": "LeViT",
    "maxvit": "MaxViT",
    "maxxvit": "MaxViT",
    "mixer": "MLP-Mixer",
    "mixnet": "MobileNet",
    "mnasnet": "MobileNet",
    "mobilenet": "MobileNet",
    "mobileone": "MobileOne",
    "mobilevit": "MobileViT",
    "mvit": "MViT",
    "naflexvit": "ViT",
    "nasnet": "NASNet",
    "nest": "NesT",
    "nf_": "NFNet",
    "nfnet": "NFNet",
    "pnasnet": "NASNet",
    "poolformer": "MetaFormer",
    "pvt": "PVT",
    "regnet": "RegNet",
    "repghostnet": "GhostNet",
    "repvgg": "RepVGG",
    "repvit": "RepViT",
    "res2": "Res2Net",
    "resmlp": "ResMLP",
    "resnest": "ResNeSt",
    "resnet": "ResNet",
    "resnetv2": "ResNetV2",
    "resnext": "ResNeXt",
    "rexnet": "ReXNet",
    "samvit": "ViT",
    "sebotnet": "BoTNet",
    "selecsls": "SelecSLS",
    "semnasnet": "MobileNet",
    "senet": "SENet",
    "seresnet": "ResNet",
    "seresnext": "ResNeXt",
    "shufflenet": "ShuffleNet",
    "skresne": "SKNet",
    "spnasnet": "MobileNet",
    "squeezenet": "SqueezeNet",
    "swin": "Swin",
    "tf_efficientnet": "EfficientNet",
    "tf_mixnet": "MobileNet",
    "tf_mobilenet": "MobileNet",
    "tiny_vit": "TinyViT",
    "tinynet": "TinyNet",
    "tnt": "TNT",
    "tresnet": "TResNet",
    "twins": "Twins",
    "vgg": "VGG",
    "visformer": "Visformer",
    "vit": "ViT",
    "vitamin": "ViTamin",
    "volo": "VOLO",
    "wide_resnet": "ResNet",
    "xception": "Xception",
    "xcit": "XCiT",
}
_BY_LENGTH = sorted(_FAMILIES, key=len, reverse=True)

_DATA_SETS = {
    "in1k": "ImageNet-1k",
    "in12k": "ImageNet-12k",
    "in21k": "ImageNet-21k",
    "in22k": "ImageNet-22k",
    "lvd142m": "LVD-142M",
    "lvd1689m": "LVD-1689M",
    "sat493m": "SAT-493M",
    "laion2b": "LAION-2B",
    "laion400m": "LAION-400M",
    "laiona": "LAION-A",
    "openai": "OpenAI's image texts",
    "webli": "WebLI",
    "datacomp1b": "DataComp-1B",
    "datacompxl": "DataComp-XL",
    "dfn2b": "DFN-2B",
    "dfn5b": "DFN-5B",
    "metaclip": "MetaCLIP",
    "merged2b": "Merged-2B",
    "ig1b": "Instagram-1B",
    "yfcc100m": "YFCC-100M",
    "yfcc15m": "YFCC-15M",
    "jft": "JFT-300M",
    "sa1b": "SA-1B",
    "swag": "Instagram-3.6B",
}
# Learnt from images alone, or from images with their texts.
_WITHOUT_LABELS = re.compile(
    r"dino|(^|[._])f?c?mae($|[._])|ijepa|(^|[._])mim($|[._])|seer|aimv2|eupe|"
    r"clip|openai|laion|datacomp|dfn\d|merged2b|webli|siglip|lvd\d|sat493m|yfcc15m"
)
_TUNED_WITH_LABELS = re.compile(r"_ft_|_ft$|ft_in|ftin|swag|ssl_yfcc")

_SPDX = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-4.0": "CC-BY-4.0",
    "unknown": "",
}
PERMISSIVE = ("Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0")


def family(name: str) -> str:
    """The family of an architecture, as papers call it."""
    beginning = next((known for known in _BY_LENGTH if name.startswith(known)), None)
    return _FAMILIES[beginning] if beginning else re.split(r"[\d_.]", name)[0].capitalize()


def pretraining(name: str) -> str:
    """What weights have learnt from, in the order in which they did; empty where the name does not say."""
    tag = name.partition(".")[2].lower()
    words = [word for word in re.split(r"[_.]", tag) if word]
    found = [next((text for key, text in _DATA_SETS.items() if word.startswith(key)), "") for word in words]
    return ", ".join(dict.fromkeys(filter(None, found)))


def is_self_supervised(name: str) -> bool:
    """Whether weights have learnt without class labels, and were not tuned with them after."""
    return bool(_WITHOUT_LABELS.search(name)) and not _TUNED_WITH_LABELS.search(name)


def license_name(text: str | None) -> str:
    """The SPDX identifier where there is one."""
    return _SPDX.get(text, text) if text else ""
