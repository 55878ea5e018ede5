"""The sentences of the findings, marked for translation."""

from collections.abc import Mapping

from finetune_gui.engine.texts import QT_TRANSLATE_NOOP

CONTEXT = "Findings"

SENTENCES: Mapping[str, str] = {
    "leak": QT_TRANSLATE_NOOP("Findings", "Learnt from as well as checked with: {count} image(s)."),
    "label_conflict": QT_TRANSLATE_NOOP("Findings", "The same picture under two classes: {count} image(s)."),
    "shortcut": QT_TRANSLATE_NOOP(
        "Findings", "“{name}” can be told by its {trait} alone: {value} in all {count} image(s)."
    ),
    "unreadable": QT_TRANSLATE_NOOP("Findings", "Cannot be read, and left out: {count} image(s)."),
    "denied": QT_TRANSLATE_NOOP("Findings", "Closed to this app: {count} file(s) or folder(s)."),
    "missing_files": QT_TRANSLATE_NOOP("Findings", "Named by the table, but not there: {count} image(s)."),
    "too_small": QT_TRANSLATE_NOOP("Findings", "Fewer than {few} images to learn from: {classes_text}."),
    "missing_in_part": QT_TRANSLATE_NOOP("Findings", "No image in the {part} part: {classes_text}."),
    "imbalance": QT_TRANSLATE_NOOP("Findings", "“{most}” has {ratio} times as many images as “{least}”."),
    "copies": QT_TRANSLATE_NOOP("Findings", "Exact copies of others: {count} image(s)."),
    "look_alikes": QT_TRANSLATE_NOOP("Findings", "Nearly the same as others: {count} image(s)."),
    "odd_format": QT_TRANSLATE_NOOP(
        "Findings", "Another format than {usual}, which nearly all have: {count} image(s) ({formats})."
    ),
    "tiny": QT_TRANSLATE_NOOP("Findings", "Less than {pixels} pixels wide or high: {count} image(s)."),
    "enormous": QT_TRANSLATE_NOOP("Findings", "More than 50 million pixels: {count} image(s)."),
    "nested": QT_TRANSLATE_NOOP("Findings", "Folders lie in folders; {count} class(es) were made of them."),
    "ignored": QT_TRANSLATE_NOOP("Findings", "Passed over: {count} file(s)."),
}

MEANINGS: Mapping[str, str] = {
    "leak": QT_TRANSLATE_NOOP(
        "Findings",
        "The model has seen them, so it is right on them without having understood anything: the accuracy will look "
        "better than it is. Move them to the training part.",
    ),
    "label_conflict": QT_TRANSLATE_NOOP(
        "Findings",
        "Whatever the model answers, it is wrong once. Look at them, and exclude them or put them into one class.",
    ),
    "shortcut": QT_TRANSLATE_NOOP(
        "Findings",
        "Of the other images {elsewhere} have it. The model may learn that instead of what the images show, and fail "
        "on new images. Add images of this class that are made like the others.",
    ),
    "unreadable": QT_TRANSLATE_NOOP(
        "Findings", "They are damaged, or no images. Training goes on without them; the files stay as they are."
    ),
    "denied": QT_TRANSLATE_NOOP(
        "Findings", "The system does not let this app read them. Change their permissions if they belong to the data."
    ),
    "missing_files": QT_TRANSLATE_NOOP(
        "Findings", "The table names files that are not in the folder. Check that all images were copied."
    ),
    "too_small": QT_TRANSLATE_NOOP(
        "Findings",
        "So few images hardly show what a class has in common, and its figures are mostly chance. Add images, merge "
        "the class with another, or drop it.",
    ),
    "missing_in_part": QT_TRANSLATE_NOOP(
        "Findings",
        "How well the model knows such a class cannot be measured there. Move some of its images, or drop the class.",
    ),
    "imbalance": QT_TRANSLATE_NOOP(
        "Findings",
        "The model may learn to prefer the frequent class. Weighing the classes, or showing rare images more often, "
        "makes up for it; judge by the results of each class.",
    ),
    "copies": QT_TRANSLATE_NOOP(
        "Findings",
        "The same file, byte by byte. The model sees these images more often than the others, and a test that holds "
        "copies counts one answer several times.",
    ),
    "look_alikes": QT_TRANSLATE_NOOP(
        "Findings",
        "Taken one after the other, resized, or saved again. They are kept in one part, so that the model is not "
        "tested with what it has seen.",
    ),
    "odd_format": QT_TRANSLATE_NOOP(
        "Findings",
        "Placeholders for missing photos, screenshots and drawings often hide like that. Look at them, and exclude "
        "what does not belong.",
    ),
    "tiny": QT_TRANSLATE_NOOP(
        "Findings", "They are enlarged for the network and show little. A few among large ones may be thumbnails."
    ),
    "enormous": QT_TRANSLATE_NOOP(
        "Findings",
        "They take long to read in every epoch, and small details vanish when they are scaled down. Crop or resize "
        "copies of them if details matter.",
    ),
    "nested": QT_TRANSLATE_NOOP(
        "Findings", "If the classes are not the ones you meant, choose the other level of folders."
    ),
    "ignored": QT_TRANSLATE_NOOP("Findings", "They are no images, or belong to no class. They are not touched."),
}

ACTION_TEXTS: Mapping[str, str] = {
    "exclude": QT_TRANSLATE_NOOP("Findings", "Exclude"),
    "keep_one": QT_TRANSLATE_NOOP("Findings", "Keep one of each"),
    "move_to_train": QT_TRANSLATE_NOOP("Findings", "Move to training"),
    "drop_class": QT_TRANSLATE_NOOP("Findings", "Drop class"),
    "class_weights": QT_TRANSLATE_NOOP("Findings", "Weigh the classes"),
    "balanced_sampling": QT_TRANSLATE_NOOP("Findings", "Show rare classes more often"),
    "keep": QT_TRANSLATE_NOOP("Findings", "Fine as it is"),
}

PARTS: Mapping[str, str] = {
    "train": QT_TRANSLATE_NOOP("Findings", "training"),
    "val": QT_TRANSLATE_NOOP("Findings", "validation"),
    "test": QT_TRANSLATE_NOOP("Findings", "test"),
}

TRAITS: Mapping[str, str] = {
    "size": QT_TRANSLATE_NOOP("Findings", "size"),
    "format": QT_TRANSLATE_NOOP("Findings", "file format"),
    "mode": QT_TRANSLATE_NOOP("Findings", "colour mode"),
    "camera": QT_TRANSLATE_NOOP("Findings", "camera"),
}

IGNORED: Mapping[str, str] = {
    "hidden": QT_TRANSLATE_NOOP("Findings", "hidden, by a dot before the name"),
    "system": QT_TRANSLATE_NOOP("Findings", "made by the system or a program for itself"),
    "not_image": QT_TRANSLATE_NOOP("Findings", "no image, by the name"),
    "special": QT_TRANSLATE_NOOP("Findings", "a pipe, a device, or a link that leads nowhere"),
    "no_class": QT_TRANSLATE_NOOP("Findings", "images outside of the class folders"),
    "not_in_table": QT_TRANSLATE_NOOP("Findings", "images that the table does not name"),
    "nested_archive": QT_TRANSLATE_NOOP("Findings", "archives, which are not opened"),
    "broken_name": QT_TRANSLATE_NOOP("Findings", "names that are no valid text; rename these files"),
    "unsafe_name": QT_TRANSLATE_NOOP("Findings", "names that lead out of the archive"),
    "same_name": QT_TRANSLATE_NOOP("Findings", "names that differ from others in case alone; unpack them elsewhere"),
}
