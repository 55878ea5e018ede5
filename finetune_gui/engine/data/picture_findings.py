"""Rules about pictures by their size and format: odd ones out, and classes that are told by these alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from finetune_gui.engine.data.facts import ImageFacts
from finetune_gui.engine.data.finding_texts import TRAITS
from finetune_gui.engine.data.findings import Finding, Level, View, new_finding
from finetune_gui.engine.texts import Text

ODD_SHARE = 0.01  # of the images: a format that so few have is an exception
USUAL_SHARE = 0.9  # of the images: a format that so many have is the rule
TINY_PIXELS = 64  # shorter side; networks of this app see 224 pixels and more
ENORMOUS_PIXELS = 50_000_000  # as many as a medium format camera has
SHORTCUT_IMAGES = 5  # of a class; fewer share something by chance
SHORTCUT_ELSEWHERE = 0.1  # largest share of other classes' images that have it too


def sizes(view: View) -> Iterator[Finding]:
    """Tiny pictures, and enormous ones."""
    tiny, enormous = [], []
    for path in view.samples:
        facts = view.facts(path)
        if min(facts.width, facts.height) < TINY_PIXELS:
            tiny.append((path,))
        if facts.width * facts.height > ENORMOUS_PIXELS:
            enormous.append((path,))
    if tiny:
        # Where all are small, as in CIFAR-10, that is how the data are; a few among large ones are thumbnails.
        level: Level = "info" if len(tiny) > len(view.samples) / 2 else "warning"
        pixels = str(TINY_PIXELS)
        yield new_finding(view, "tiny", level, len(tiny), groups=tiny, actions=("exclude", "keep"), pixels=pixels)
    if enormous:
        yield new_finding(view, "enormous", "info", len(enormous), groups=enormous, actions=("exclude", "keep"))


def odd_formats(view: View) -> Iterator[Finding]:
    """Placeholders for missing photos, screenshots and drawings give themselves away by their format."""
    formats = {path: view.facts(path).format for path in view.samples}
    counts = Counter(formats.values())
    if not counts or counts.most_common(1)[0][1] < USUAL_SHARE * len(formats):
        return
    odd = {path: name for path, name in formats.items() if counts[name] <= ODD_SHARE * len(formats)}
    if odd:
        names = ", ".join(sorted(set(odd.values())))
        usual = counts.most_common(1)[0][0]
        yield new_finding(
            view,
            "odd_format",
            "warning",
            len(odd),
            groups=[(path,) for path in odd],
            actions=("exclude", "keep"),
            details=odd,
            formats=names,
            usual=usual,
        )


_Trait = Callable[[ImageFacts], str]
_TRAITS: dict[str, _Trait] = {
    "size": lambda facts: f"{facts.width} × {facts.height}",
    "format": lambda facts: facts.format,
    "mode": lambda facts: facts.mode,
    "camera": lambda facts: facts.camera,
}


def shortcuts(view: View) -> Iterator[Finding]:
    """Classes that a network can tell without looking at what they show (Geirhos et al. 2020, "Shortcut learning")."""
    if len(view.dataset.class_names) < 2:
        return
    members: dict[int, list[str]] = defaultdict(list)
    for sample in view.dataset.samples:
        members[sample.label].append(sample.path)
    total = sum(len(paths) for paths in members.values())
    for trait, value_of in _TRAITS.items():
        overall = Counter(value_of(view.facts(path)) for path in view.samples)
        for label, paths in sorted(members.items()):
            values = {value_of(view.facts(path)) for path in paths}
            value = next(iter(values))
            if len(paths) < SHORTCUT_IMAGES or len(values) > 1 or not value or len(paths) == total:
                continue
            elsewhere = (overall[value] - len(paths)) / (total - len(paths))
            if elsewhere <= SHORTCUT_ELSEWHERE:
                yield _shortcut(view, trait, label, value, paths, elsewhere)


def _shortcut(view: View, trait: str, label: int, value: str, paths: list[str], elsewhere: float) -> Finding:
    return new_finding(
        view,
        "shortcut",
        "error",
        len(paths),
        key=f"shortcut:{trait}:{view.name(label)}",
        groups=[(path,) for path in paths],
        labels=(label,),
        actions=("keep",),
        details={"trait": trait, "value": value},
        name=view.name(label),
        trait=Text(template=TRAITS[trait]),
        value=value,
        elsewhere=f"{elsewhere:.0%}".replace("%", " %"),
    )
