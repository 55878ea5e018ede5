"""Why a run answers as it does: a heat map of an image, and labels that are probably wrong."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from finetune_gui.cli import output
from finetune_gui.cli.commands import show_progress
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import LabelsChecked

if TYPE_CHECKING:
    from PIL import Image

    from finetune_gui.engine.explain.heat_map import HeatMap

MOST_SHOWN = 40


def explain(arguments: argparse.Namespace) -> int:
    """Paint where in an image the answer comes from."""
    _check_out(arguments)
    from finetune_gui.engine.data.image import load_image
    from finetune_gui.engine.explain.explainer import load_explainer
    from finetune_gui.engine.explain.heat_map import paint

    image = load_image(arguments.image)
    explainer = load_explainer(arguments.run)
    with output.progress_bar() as progress:
        bar = progress.add_task("Looking", total=None, note="")
        heat = explainer.heat_map(
            image,
            class_name=arguments.class_name,
            method=arguments.method,
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    _write(paint(image, heat), arguments.out)
    if arguments.json:
        output.print_json(_plain(heat) | {"image": str(arguments.image), "out": str(arguments.out)})
        return 0
    where = f" ({heat.layer})" if heat.layer else ""
    print(f"{heat.class_name} {output.percent(heat.probability)}: heat map by {heat.method}{where} in {arguments.out}.")
    if heat.is_empty:
        print("Nothing in the image speaks for this class.")
    return 0


def _check_out(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise EngineError(f"{arguments.out} is no name of a picture.", "End it in .png or .jpg.")
    if arguments.out.exists() and not arguments.force:
        raise EngineError(f"{arguments.out} is there already.", "Choose another name, or add --force.")


def _write(picture: "Image.Image", path: Path) -> None:
    from finetune_gui.engine.files import replacing

    with replacing(path) as temporary:
        picture.save(temporary, format="PNG" if path.suffix.lower() == ".png" else "JPEG", quality=92)


def _plain(heat: "HeatMap") -> dict[str, object]:
    left, top, right, bottom = heat.box
    return {
        "class": heat.class_name,
        "probability": heat.probability,
        "method": heat.method,
        "layer": heat.layer or None,
        "empty": heat.is_empty,
        "box": {"left": left, "top": top, "right": right, "bottom": bottom},
    }


def check_labels(arguments: argparse.Namespace) -> int:
    """List the images whose label is probably wrong."""
    from finetune_gui.engine.explain.labels_check import check_labels as check_in_steps

    result = show_progress(check_in_steps(arguments.run, RunControl()))
    if not isinstance(result, LabelsChecked):
        return 0
    if arguments.json:
        output.print_json(msgspec.to_builtins(result))
        return 0
    if not result.issues:
        print(f"None of the {result.num_images} labels is doubtful.")
        return 0
    output.print_table(
        [("image", "left"), ("part", "left"), ("label", "left"), ("rather", "left"), ("by", "right")],
        [
            [
                each.path,
                each.part,
                each.given,
                each.suggested,
                f"{output.percent(each.suggested_probability)} to {output.percent(each.given_probability)}",
            ]
            for each in result.issues[:MOST_SHOWN]
        ],
        title=f"{len(result.issues)} of {result.num_images} labels are doubtful, the most doubtful first",
    )
    if len(result.issues) > MOST_SHOWN:
        print(f"… and {len(result.issues) - MOST_SHOWN} more: use --json for all of them.")
    print("Look at them in the window under Evaluate, or correct the folder or table, and train again.")
    return 0
