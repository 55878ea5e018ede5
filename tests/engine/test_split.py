"""How a data set is divided: stratified, repeatable, sticky, and with what belongs together in one part."""

from pathlib import Path

import pytest

from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.split import Split, SplitRules, load_split, save_split, split_dataset
from finetune_gui.engine.data.split_memory import SplitMemory
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from tests.engine.made_data import made_config, made_dataset


def divide(dataset: Dataset, seed: int = 0, **rules: object) -> Split:
    return split_dataset(dataset, SplitRules(**({"val_split": 0.2, "seed": seed} | rules)))  # type: ignore[arg-type]


def counts(split: Split, part: str) -> list[int]:
    labels = [sample.label for sample in split.part(part)]  # type: ignore[arg-type]
    return [labels.count(label) for label in range(len(split.class_names))]


def test_stratified_and_repeatable() -> None:
    dataset = made_dataset({"a": 20, "b": 10, "c": 2})
    split = divide(dataset)
    assert counts(split, "val") == [4, 2, 1]
    assert counts(split, "train") == [16, 8, 1]
    assert split == divide(dataset)
    assert split != divide(dataset, seed=1)


def test_the_order_of_the_scan_does_not_matter() -> None:
    dataset = made_dataset({"a": 20, "b": 10})
    turned = Dataset(**{**vars(dataset), "samples": dataset.samples[::-1]})
    assert divide(dataset).parts() == divide(turned).parts()


def test_a_large_share_leaves_one_to_train_on() -> None:
    split = divide(made_dataset({"a": 3, "b": 2}), val_split=0.99)
    assert counts(split, "train") == [1, 1]


def test_a_test_part() -> None:
    split = divide(made_dataset({"a": 50, "b": 20, "c": 3}), test_split=0.1)
    assert counts(split, "val") == [10, 4, 1]
    assert counts(split, "test") == [5, 2, 1]
    assert counts(split, "train") == [35, 14, 1]


def test_a_class_of_one_image_is_learnt_from() -> None:
    split = divide(made_dataset({"a": 1, "b": 9}))
    assert counts(split, "train")[0] == 1


def test_what_looks_alike_stays_together() -> None:
    dataset = made_dataset({"a": 40, "b": 40})
    groups = [tuple(f"a/{i}.jpg" for i in range(start, start + 4)) for start in range(0, 40, 4)]
    split = divide(dataset, groups=groups)
    parts = split.parts()
    assert all(len({parts[path] for path in group}) == 1 for group in groups)
    assert counts(split, "val") == [8, 8]


def test_groups_across_classes_and_chains_of_groups() -> None:
    dataset = made_dataset({"a": 12, "b": 12})
    groups = [("a/0.jpg", "b/0.jpg"), ("b/0.jpg", "b/1.jpg"), ("b/1.jpg", "a/5.jpg")]
    for seed in range(20):
        parts = divide(dataset, seed=seed, groups=groups).parts()
        assert len({parts[path] for path in ("a/0.jpg", "b/0.jpg", "b/1.jpg", "a/5.jpg")}) == 1


def test_a_class_that_is_all_one_group_is_learnt_from() -> None:
    group = tuple(f"a/{i}.jpg" for i in range(10))
    split = divide(made_dataset({"a": 10, "b": 10}), groups=[group])
    assert counts(split, "val") == [0, 2]


def test_a_class_of_two_groups_has_one_in_each_part() -> None:
    groups = [tuple(f"a/{i}.jpg" for i in range(7)), tuple(f"a/{i}.jpg" for i in range(7, 10))]
    split = divide(made_dataset({"a": 10, "b": 10}), groups=groups)
    assert counts(split, "val") == [3, 2]


def test_a_pattern_of_file_names_keeps_patients_together() -> None:
    samples = tuple(
        Sample(f"{name}/p{patient:02}_{shot}.png", label)
        for label, name in enumerate("ab")
        for patient in range(10)
        for shot in range(3)
    )
    dataset = Dataset(
        source=Path("/x"), root=Path("/x"), layout="class_folders", class_names=("a", "b"), samples=samples
    )
    parts = divide(dataset, group_pattern=r"(p\d+)_").parts()
    for patient in range(10):  # also across the classes
        paths = [f"{name}/p{patient:02}_{shot}.png" for name in "ab" for shot in range(3)]
        assert len({parts[path] for path in paths}) == 1
    assert set(parts.values()) == {"train", "val"}
    assert len({parts[f"a/p00_{shot}.png"] for shot in range(3)} | {parts["b/p00_1.png"]}) == 1


def test_groups_of_a_table_stay_together() -> None:
    samples = tuple(Sample(f"{i}.jpg", i % 2, None, f"g{i // 4}") for i in range(40))
    dataset = Dataset(source=Path("/x"), root=Path("/x"), layout="table", class_names=("a", "b"), samples=samples)
    parts = divide(dataset).parts()
    for start in range(0, 40, 4):
        assert len({parts[f"{i}.jpg"] for i in range(start, start + 4)}) == 1
    assert list(parts.values()).count("val") == 8


def test_parts_of_the_folder_are_respected() -> None:
    train, val = made_dataset({"a": 5, "b": 5}, split="train"), made_dataset({"a": 2, "b": 1}, split="val")
    renamed = tuple(Sample("v" + s.path, s.label, s.split) for s in val.samples)
    dataset = Dataset(**{**vars(train), "samples": train.samples + renamed})
    split = divide(dataset, test_split=0.3)
    assert counts(split, "train") == [5, 5]
    assert counts(split, "val") == [2, 1]
    assert not split.test


def test_a_folder_of_train_and_test_is_validated_on_some_of_train() -> None:
    train, test = made_dataset({"a": 10, "b": 10}, split="train"), made_dataset({"a": 3, "b": 3}, split="test")
    renamed = tuple(Sample("t" + s.path, s.label, s.split) for s in test.samples)
    split = divide(Dataset(**{**vars(train), "samples": train.samples + renamed}))
    assert counts(split, "val") == [2, 2]
    assert counts(split, "test") == [3, 3]


def test_moves_outrank_everything() -> None:
    dataset = made_dataset({"a": 10, "b": 10})
    moved = {"a/3.jpg": "test", "a/4.jpg": "val", "b/1.jpg": "train", "nowhere.jpg": "val"}
    parts = divide(dataset, moved=moved).parts()
    assert [parts[path] for path in list(moved)[:3]] == ["test", "val", "train"]
    assert list(parts.values()).count("val") == 4


@pytest.fixture
def memory(tmp_path: Path) -> SplitMemory:
    store = DataStore.below(tmp_path)
    return SplitMemory(store, Path("/made"), made_config(), seed=0)


def test_adding_images_moves_no_old_one(memory: SplitMemory) -> None:
    before = divide(made_dataset({"a": 30, "b": 13}))
    memory.remember(before, {})
    grown = made_dataset({"a": 55, "b": 14, "c": 10})
    after = divide(grown, remembered=memory.recall())
    assert before.parts().items() <= after.parts().items()
    assert counts(after, "val") == [11, 3, 2]
    memory.remember(after, {})
    assert memory.recall() == after.parts()
    # and images that are gone for a while come back to where they were
    assert divide(made_dataset({"a": 30, "b": 13}), remembered=memory.recall()) == before


def test_a_new_image_goes_where_its_look_alike_is(memory: SplitMemory) -> None:
    before = divide(made_dataset({"a": 30, "b": 30}))
    memory.remember(before, {})
    held = next(sample.path for sample in before.val if sample.label == 0)
    after = divide(made_dataset({"a": 31, "b": 30}), remembered=memory.recall(), groups=[(held, "a/30.jpg")])
    assert after.parts()["a/30.jpg"] == "val"
    assert before.parts().items() <= after.parts().items()


def test_what_was_moved_by_hand_is_not_remembered(memory: SplitMemory) -> None:
    split = divide(made_dataset({"a": 10, "b": 10}), moved={"a/0.jpg": "test"})
    memory.remember(split, {"a/0.jpg": "test"})
    assert "a/0.jpg" not in memory.recall()


def test_a_damaged_memory_is_none(memory: SplitMemory) -> None:
    memory.remember(divide(made_dataset({"a": 5, "b": 5})), {})
    file = next(memory._file.parent.iterdir())
    file.write_text('{"train": 3}')
    assert memory.recall() == {}
    file.write_bytes(b"\x00")
    assert memory.recall() == {}


def test_split_json(tmp_path: Path) -> None:
    split = divide(made_dataset({"a": 9, "b": 9}), test_split=0.2)
    path = tmp_path / "split.json"
    save_split(split, path, {"a/77.jpg": "unreadable"})
    loaded = load_split(path)
    assert loaded.parts() == split.parts()
    assert loaded.class_names == split.class_names
    path.write_text('{"root": "/", "class_names": [], "train": [1]}')
    with pytest.raises(EngineError, match="damaged"):
        load_split(path)
