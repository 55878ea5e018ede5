"""What the data page knows of one image, for the big view."""

from finetune_gui.ui.data_words import reason_words
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary
from finetune_gui.ui.widgets.image_facts_panel import ImageDetails
from finetune_gui.ui.words import translated


def describe_image(summary: DatasetSummary, file: str) -> ImageDetails:
    """Class, part, facts and findings of a file of a data set."""
    picture = summary.picture(file)
    if picture is None:
        return ImageDetails(path=file)
    reason = reason_words(picture.left_out) if picture.left_out else ""
    facts = summary.arranged.inspection.facts.get(picture.path)
    return ImageDetails(
        path=file,
        class_name=summary.rows[picture.label].name,
        part=picture.part,
        left_out=f"{reason}: {facts.error}" if facts and facts.error else reason,
        findings=tuple(
            translated(finding.text)
            for finding in summary.arranged.findings
            if any(picture.path in group for group in finding.groups)
        ),
        facts=facts,
        can_leave_out=picture.left_out in (None, "excluded"),
        can_move=picture.part is not None,
    )
