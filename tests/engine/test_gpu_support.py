"""GPUs that are there and cannot be used: what is said of them."""

from types import SimpleNamespace

import pytest

from finetune_gui.engine.gpu_support import NvidiaDriver, is_supported, read_driver, why_unused

ARCHITECTURES = ("sm_75", "sm_80", "sm_86", "sm_90a", "sm_120", "compute_120")


def a_driver(cuda: tuple[int, int] = (13, 1), capability: tuple[int, int] = (8, 9)) -> NvidiaDriver:
    return NvidiaDriver(version="550.54.14", cuda=cuda, gpus=(("GeForce", capability),))


@pytest.mark.parametrize(
    ("driver", "cuda", "words"),
    [
        (a_driver(), None, "no CUDA"),
        (a_driver(cuda=(12, 4)), "13.2", "its driver 550.54.14 knows CUDA 12.4, and CUDA 13.0 is needed"),
        (a_driver(capability=(6, 1)), "13.2", "compute capability 6.1, and 7.5 is needed"),
    ],
)
def test_what_is_missing_is_said(driver: NvidiaDriver, cuda: str | None, words: str) -> None:
    problem = why_unused(driver, cuda, ARCHITECTURES)
    assert problem is not None
    assert words in problem.message
    assert problem.hint


def test_a_driver_of_the_same_generation_will_do() -> None:
    assert why_unused(a_driver(cuda=(13, 0)), "13.2", ARCHITECTURES) is None


@pytest.mark.parametrize(
    ("capability", "supported"),
    [
        ((7, 0), False),
        ((7, 5), True),
        ((8, 9), True),
        ((9, 0), True),
        ((10, 0), False),
        ((12, 0), True),
        ((13, 0), True),
    ],
)
def test_machine_code_runs_within_its_generation(capability: tuple[int, int], supported: bool) -> None:
    assert is_supported(capability, ARCHITECTURES) == supported


def a_module(**changed: object) -> SimpleNamespace:
    """Stands where NVIDIA's module would."""
    answers: dict[str, object] = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda _: b"Tesla K80",
        "nvmlDeviceGetCudaComputeCapability": lambda _: (3, 7),
        "nvmlSystemGetCudaDriverVersion_v2": lambda: 11040,
        "nvmlSystemGetDriverVersion": lambda: "470.256.02",
    }
    return SimpleNamespace(**answers | changed)


def test_the_driver_is_asked() -> None:
    driver = read_driver(a_module)
    assert driver == NvidiaDriver(version="470.256.02", cuda=(11, 4), gpus=(("Tesla K80", (3, 7)),))


def fail(*_: object) -> None:
    raise OSError("no driver")


@pytest.mark.parametrize("call", ["nvmlInit", "nvmlDeviceGetName", "nvmlSystemGetCudaDriverVersion_v2"])
def test_a_driver_that_fails_is_none(call: str) -> None:
    assert read_driver(lambda: a_module(**{call: fail})) is None


def test_a_machine_without_a_driver_has_nothing_to_say() -> None:
    assert read_driver(fail) is None
    assert read_driver(lambda: a_module(nvmlDeviceGetCount=lambda: 0)) is None
