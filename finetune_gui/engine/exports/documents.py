"""What stands beside an exported network: labels, preparation, a card for people, a script, a license."""

from pathlib import Path

import msgspec

from finetune_gui import __version__, paths
from finetune_gui.engine.export_formats import (
    CARD_FILE,
    FORMATS,
    LABELS_FILE,
    LICENSE_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    PROGRAM_FILE,
    SCHEMA_VERSION,
    SCRIPT_FILE,
    ExportFormat,
)
from finetune_gui.engine.exports.certificate import Certificate
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.torch_writers import is_of_timm
from finetune_gui.engine.files import write_json
from finetune_gui.engine.markdown import inline
from finetune_gui.engine.models.catalog import find_info, split_id
from finetune_gui.engine.seals import seal


def write_sidecars(exportable: Exportable, export_format: ExportFormat, folder: Path) -> None:
    """All but the card and the certificate; the network must be there already."""
    sidecars = exportable.sidecars
    names = list(sidecars.class_names)
    write_json(folder / LABELS_FILE, {"schema_version": SCHEMA_VERSION, "class_names": names})
    write_json(folder / PREPROCESSING_FILE, msgspec.to_builtins(sidecars.preprocessing))
    facts = {
        "schema_version": SCHEMA_VERSION,
        "model_id": exportable.model_id,
        "format": export_format,
        "answer": msgspec.to_builtins(sidecars.answer),
    }
    if (folder / PROGRAM_FILE).is_file():
        facts["seal"] = seal(folder / PROGRAM_FILE)
    write_json(folder / MODEL_FILE, facts)
    _write_text(folder / LICENSE_FILE, _license_words(exportable.model_id))
    if has_script(exportable.model_id, export_format):
        script = (paths.resources_dir() / "export" / SCRIPT_FILE).read_text(encoding="utf-8")
        _write_text(folder / SCRIPT_FILE, script)


def has_script(model_id: str, export_format: ExportFormat) -> bool:
    """Whether something can run the export without this app: weights of torchvision's networks need its code."""
    return export_format != "safetensors" or is_of_timm(model_id)


def write_card(exportable: Exportable, certificate: Certificate, folder: Path, trained_on: str) -> None:
    """The card for people."""
    _write_text(folder / CARD_FILE, _card(exportable, certificate, trained_on))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _license_words(model_id: str) -> str:
    info = find_info(model_id)
    if info is not None and info.license:
        terms = (
            f"The pretrained weights that this model was tuned from are published under {info.license}\n"
            f"(https://spdx.org/licenses/{info.license}.html). The tuned weights are derived from them.\n"
        )
    else:
        terms = "Nobody states here under which license the weights that this model was tuned from are published.\n"
        terms += "Ask their authors before you pass it on.\n"
    return f"# License of the weights\n\nNetwork: `{model_id}`, as published by {_library(model_id)}.\n\n{terms}"


def _library(model_id: str) -> str:
    return {"torchvision": "torchvision", "timm": "timm", "starter": "timm"}.get(split_id(model_id)[0], "the user")


def _card(exportable: Exportable, certificate: Certificate, trained_on: str) -> str:
    sidecars = exportable.sidecars
    classes = "\n".join(f"- {inline(name)}" for name in sidecars.class_names)
    return (
        f"# {len(sidecars.class_names)} classes, tuned from {exportable.model_id}\n\n"
        f"Written by Finetune GUI {__version__} as {certificate.format}. Trained on {inline(trained_on)}.\n\n"
        f"## Classes, in the order of the outputs\n\n{classes}\n\n"
        f"## Use\n\n{_use(exportable, certificate)}\n"
        f"## Certificate\n\n{_certificate_words(certificate)}\n"
        f"## License\n\nSee `{LICENSE_FILE}`.\n"
    )


def _use(exportable: Exportable, certificate: Certificate) -> str:
    spec, export_format = exportable.sidecars.preprocessing, certificate.format
    name = FORMATS[export_format].file
    square = (
        f"resized to a shorter side of {spec.resize} pixels ({spec.interpolation}, antialiased) and cut to {spec.size} "
        f"x {spec.size} from the centre"
    )
    if FORMATS[export_format].squares:
        words = (
            f"`{name}` takes an image that is {square}, as RGB in 0..255, and gives probabilities. Normalisation, "
            f"temperature and softmax are inside. `centre_square` in `{SCRIPT_FILE}` cuts it as in training; another "
            "resize gives other probabilities. Turn images upright by EXIF, and put transparency over white, before.\n"
        )
    elif export_format == "safetensors":
        words = (
            f"`{name}` holds the weights. Images are {square}, scaled to 0..1, "
            f"and normalised with mean {_numbers(spec.mean)} and std {_numbers(spec.std)}.\n"
        )
        if is_of_timm(exportable.model_id):
            words += '\n    timm.create_model("local-dir:THIS_FOLDER", pretrained=True)\n'
    else:
        words = (
            f"`{name}` takes uint8 RGB pixels of shape (batch, height, width, 3), of any size, and gives probabilities "
            "of shape (batch, classes) and for each image whether a class is likely enough. Resize, centre crop, "
            "normalisation, temperature and softmax are inside. Turn images upright by EXIF, and put transparency over "
            "white, before.\n"
        )
    if has_script(exportable.model_id, export_format):
        words += f"\n    pip install {_PACKAGES[export_format]}\n    python {SCRIPT_FILE} IMAGE...\n"
    return words


_PACKAGES = {
    "onnx": "onnxruntime numpy Pillow",
    "onnx-fp16": "onnxruntime numpy Pillow",
    "onnx-int8": "onnxruntime numpy Pillow",
    "pt2": "torch numpy Pillow",
    "safetensors": "timm numpy Pillow",
    "litert": "ai-edge-litert numpy Pillow",
    "coreml": "coremltools numpy Pillow",
}


def _numbers(values: tuple[float, ...]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in values) + ")"


def _certificate_words(certificate: Certificate) -> str:
    if certificate.top1_agreement is None:
        return f"{certificate.verdict.capitalize()}.\n"
    rows = (
        ("verdict", f"{certificate.verdict}{': ' * bool(certificate.reason)}{certificate.reason}"),
        ("validation images through both", str(certificate.num_checked)),
        ("same class", f"{certificate.top1_agreement:.2%}"),
        ("largest difference of a probability", f"{certificate.max_probability_difference:.2g}"),
        ("mean difference of a probability", f"{certificate.mean_probability_difference:.2g}"),
        ("accuracy of the run, of the export", f"{certificate.accuracy_before:.2%}, {certificate.accuracy_after:.2%}"),
        (
            "time for one image (CPU), run and export",
            f"{certificate.latency_before_ms:.1f} ms, {certificate.latency_after_ms:.1f} ms",
        ),
        (
            "size, run and export",
            f"{certificate.size_before_bytes / 1e6:.1f} MB, {certificate.size_after_bytes / 1e6:.1f} MB",
        ),
    )
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)
