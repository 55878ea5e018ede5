"""Names the class of images with the exported model beside this file.

    pip install onnxruntime numpy Pillow
    python predict.py IMAGE... [--top-k 3] [--json]

Of an ONNX export these three packages are all that it needs. In place of onnxruntime a .pt2 needs torch, safetensors
need timm, LiteRT needs ai-edge-litert, and Core ML needs coremltools on macOS.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

HERE = Path(__file__).resolve().parent
Model = Callable[[Image.Image], np.ndarray]

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_json(name: str) -> Any:
    """One of the files beside this one."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def load_image(path: Path, enough: int) -> Image.Image:
    """Upright RGB: EXIF orientation is applied, wide grey is scaled by its range, transparency goes over white."""
    with Image.open(path) as image:
        if min(image.size) // (2 * enough) > 1:
            image.draft(None, (2 * enough, 2 * enough))  # large JPEGs, as in training
        image.load()
        turn = UPRIGHT.get(orientation(image))
        upright = to_rgb(image)
        return upright if turn is None else upright.transpose(turn)


def orientation(image: Image.Image) -> int:
    """By EXIF; 1, as it should be, where that is damaged or missing."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # the parser raises whatever it likes
        return 1


def to_rgb(image: Image.Image) -> Image.Image:
    """Whatever an image holds for colours, as 8-bit RGB."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
        low, high = float(values.min()), float(values.max())
        if high <= low:
            return Image.fromarray(np.full(values.shape, 128, dtype=np.uint8)).convert("RGB")
        values = (values - low) * (255 / (high - low))
        return Image.fromarray(values.round().astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    if image.mode == "LAB":
        profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, *profiles, outputMode="RGB") or image
    return image.convert("RGB")


def centre_square(image: Image.Image, spec: dict[str, Any]) -> np.ndarray:
    """Where this is not inside: resize the shorter side, and cut a square from the centre; across, and then down."""
    size, shorter = spec["size"], min(image.size)
    resized = [max(size, int(spec["resize"] * side / shorter)) for side in image.size]
    starts = [round((length - size) / 2) for length in resized]
    corners = [
        (start * side / length, min(float(side), (start + size) * side / length))
        for start, side, length in zip(starts, image.size, resized, strict=True)
    ]
    (left, right), (top, bottom) = corners
    resampling = Image.Resampling[spec["interpolation"].upper()]
    rows = image.resize((size, image.height), resampling, box=(left, 0, right, image.height))
    return np.asarray(rows.resize((size, size), resampling, box=(0, top, size, bottom)))


def load_onnx() -> Model:
    """Preparation and probabilities are inside the file."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # or it tells its makers of every model that it opens
    import onnxruntime

    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])
    return lambda image: session.run(["probabilities"], {"images": np.asarray(image)[None]})[0][0]


def load_program() -> Model:
    """Likewise. Opening a .pt2 runs the code in it: do so only with one whose maker you trust."""
    import torch

    program = torch.export.load(HERE / "model.pt2").module()
    return lambda image: program(torch.from_numpy(np.array(image)[None]))[0][0].detach().numpy()


def load_weights() -> Model:
    """The network that timm builds by ``config.json``."""
    import timm
    import torch

    spec, temperature = read_json("preprocessing.json"), read_json("model.json")["answer"]["temperature"]
    model = timm.create_model(f"local-dir:{HERE}", pretrained=True).eval()
    mean, std = (torch.tensor(spec[name]).view(1, 3, 1, 1) for name in ("mean", "std"))

    def run(image: Image.Image) -> np.ndarray:
        pixels = torch.from_numpy(centre_square(image, spec).transpose(2, 0, 1)[None].copy()).float()
        with torch.inference_mode():
            return (model((pixels / 255 - mean) / std) / temperature).softmax(1)[0].numpy()

    return run


def load_litert() -> Model:
    """Probabilities are inside the file; squares are cut here."""
    from ai_edge_litert.interpreter import Interpreter

    spec = read_json("preprocessing.json")
    interpreter = Interpreter(str(HERE / "model.tflite"))
    run = interpreter.get_signature_runner()
    return lambda image: run(images=np.ascontiguousarray(centre_square(image, spec))[None])["probabilities"][0]


def load_coreml() -> Model:
    """Likewise. Core ML is a part of macOS."""
    import coremltools

    spec, names = read_json("preprocessing.json"), read_json("labels.json")["class_names"]
    model = coremltools.models.MLModel(str(HERE / "model.mlpackage"))

    def run(image: Image.Image) -> np.ndarray:
        answer = model.predict({"image": Image.fromarray(centre_square(image, spec))})
        by_name = next(value for value in answer.values() if isinstance(value, dict))
        return np.array([by_name[name] for name in names])

    return run


LOADERS = {
    "model.onnx": load_onnx,
    "model.pt2": load_program,
    "model.safetensors": load_weights,
    "model.tflite": load_litert,
    "model.mlpackage": load_coreml,
}


def one_line(text: str) -> str:
    """Names may hold anything: line breaks and what the terminal has no letter for as Python writes them."""
    text = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found[0])[1:-1], text)
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def main() -> int:
    """Print the likeliest classes of each image; 2 where one could not be read."""
    parser = argparse.ArgumentParser(description="Names the class of images.")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--top-k", type=int, default=3, metavar="K")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    names, spec = read_json("labels.json")["class_names"], read_json("preprocessing.json")
    threshold = read_json("model.json")["answer"]["threshold"] or 0.0
    enough = -(-max(spec["resize"], round(1.5 * spec["size"])) // 2)
    model = next(load for name, load in LOADERS.items() if (HERE / name).exists())()
    failed = 0
    for path in arguments.images:
        try:
            probabilities = model(load_image(path, enough))
        except (OSError, SyntaxError, ValueError) as error:
            failed += 1
            print(one_line(f"{path}: {error}"), file=sys.stderr)
            continue
        best = np.argsort(-probabilities, kind="stable")[: arguments.top_k]
        top = [{"class": names[index], "probability": float(probabilities[index])} for index in best]
        known = bool(probabilities.max() >= threshold)
        if arguments.json:
            print(json.dumps({"image": str(path), "top": top, "is_known": known}))
        else:
            words = ", ".join(f"{each['class']} {each['probability']:.1%}" for each in top)
            print(one_line(f"{path}: {'' if known else 'none of these; likeliest '}{words}"))
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
