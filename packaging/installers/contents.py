"""What does not go into the bundle, and why. The spec and the table of sizes use the same lists.

A library of CUDA is left out only if torch loads it for something that the app never asks for. Those of cuDNN belong
together: it refuses to work (CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED) when one of them is missing, although nothing
is said before the first convolution on a GPU. So all of them stay.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Files that are not needed: patterns of their places in the bundle, with `/`."""

    what: str
    why: str
    patterns: tuple[str, ...]


# Modules that PyInstaller finds by following imports, none of which is reached by what the app does.
EXCLUDED_MODULES = {
    "triton": "compiles kernels for torch.compile, which needs a C compiler too; the app says so and goes on without",
    "tkinter": "another toolkit for windows",
    "tensorboard": "torch.utils.tensorboard",
    "torch.utils.tensorboard": "imports tensorboard",
    "torch.testing._internal.common_methods_invocations": "torch's own tests, as the next two",
    "torch.testing._internal.distributed": "as above",
    "torch.testing._internal.opinfo": "as above",
    "cuda": "CUDA's own interface for Python, which torch's profiler uses",
    "hf_xet": "a way to download from the hub; the app has its own",
    "torch.distributed.elastic.agent.server": "starts runs on several machines",
    "matplotlib": "an optional part of torchvision and pyqtgraph",
    "IPython": "an optional part of several",
    "pytest": "an optional part of several",
    "setuptools": "builds extensions of torch.utils.cpp_extension",
    "pyqtgraph.examples": "examples",
    "pyqtgraph.opengl": "needs PyOpenGL",
    "PySide6.QtMultimediaWidgets": "not used",
    "PySide6.QtQml": "not used",
    "PySide6.QtQuick": "not used",
    "PySide6.QtSql": "not used",
    "PySide6.QtTest": "not used",
    "scipy.optimize": "torchvision reads .mat files with scipy.io, nothing else uses SciPy",
    "scipy.stats": "as above",
    "scipy.signal": "as above",
    "scipy.spatial": "as above",
    "scipy.special": "as above",
    "scipy.fft": "as above",
    "scipy.fftpack": "as above",
    "scipy.ndimage": "as above",
    "scipy.interpolate": "as above",
    "scipy.integrate": "as above",
    "scipy.linalg": "as above",
    "scipy.sparse.linalg": "as above",
    "scipy.sparse.csgraph": "as above",
    "scipy.cluster": "as above",
    "scipy.odr": "as above",
    "scipy.datasets": "as above",
    "scipy.differentiate": "as above",
    "pywt": "wavelet hashes of ImageHash; the app uses difference hashes",
}

DROPPED = (
    Dropped(
        what="CUDA for linear algebra (cusolver, nvJitLink)",
        why="torch loads them at the first torch.linalg solver on a GPU, and neither training nor evaluation has one",
        patterns=("*libcusolver*.so*", "*libtorch_cuda_linalg.so", "*libnvJitLink.so*"),
    ),
    Dropped(
        what="CUDA for profilers, other interfaces and many machines",
        why="for profilers (nvperf, nvtx and others), Fortran and FFTW programs (nvblas, cufftw), and clusters",
        patterns=(
            "*nvshmem_transport_*",
            "*nvshmem_bootstrap_*",
            "*libnvperf_*.so*",
            "*libpcsamplingutil.so*",
            "*libcheckpoint.so*",
            "*libnvblas.so*",
            "*libcufftw.so*",
            "*libcufile_rdma.so*",
            "*libnvtx3interop.so*",
        ),
    ),
    Dropped(
        what="torch: programs, headers, static libraries, test data",
        why="for building extensions of torch",
        patterns=("torch/bin/protoc*", "torch/include/*", "torch/share/*", "torch/test/*", "*.a", "*.lib", "*.pyi"),
    ),
    Dropped(
        what="torch: tests",
        why="torch.testing._internal is used by torch's own tests, but for a few modules",
        patterns=("torch/testing/_internal/opinfo/*", "torch/testing/_internal/distributed/*"),
    ),
    Dropped(
        what="onnx: models for tests, headers, sources of the format",
        why="for developers of onnx",
        patterns=("onnx/backend/test/*", "onnx/*.h", "onnx/*.cc", "onnx/*.proto", "onnx/*.proto3", "onnx/test/*"),
    ),
    Dropped(
        what="Qt: platforms, tools and formats that no desktop uses here",
        why="the window needs xcb or wayland (Linux), windows, cocoa, offscreen; PNG, JPEG, SVG and ICO of its icons",
        patterns=(
            "PySide6/Qt/plugins/platforms/libqeglfs*",
            "PySide6/Qt/plugins/platforms/libqlinuxfb*",
            "PySide6/Qt/plugins/platforms/libqminimal*",
            "PySide6/Qt/plugins/platforms/libqvkkhrdisplay*",
            "PySide6/Qt/plugins/platforms/libqvnc*",
            "PySide6/Qt/plugins/egldeviceintegrations/*",
            "PySide6/Qt/plugins/platformthemes/libqgtk3*",  # brings half of GTK; portals give the desktop's own dialogs
            "PySide6/Qt/plugins/generic/*",
            "PySide6/Qt/plugins/tls/*",
            "PySide6/Qt/plugins/networkinformation/*",
            "PySide6/Qt/plugins/imageformats/*qpdf*",
            "PySide6/Qt/plugins/imageformats/*qtiff*",
            "PySide6/Qt/plugins/imageformats/*qwebp*",
            "PySide6/Qt/plugins/imageformats/*qtga*",
            "PySide6/Qt/plugins/imageformats/*qwbmp*",
            "PySide6/Qt/plugins/imageformats/*qicns*",
            "PySide6/Qt/plugins/platforminputcontexts/*virtualkeyboard*",
            "*Qt6Network[!.]*",
            "*Qt6Qml[!.MW]*",  # the camera's plugin is linked to Quick, Qml, QmlModels, QmlMeta, QmlWorkerScript
            "*Qt6Quick[!.]*",
            "*Qt6Pdf*",
            "*Qt6VirtualKeyboard*",
            "*Qt6EglF*",
            "PySide6/*opengl32sw.dll",
        ),
    ),
    Dropped(
        what="Qt: texts of its tools",
        why="qtbase_*.qm holds what dialogs say",
        patterns=(
            "PySide6/*translations/qt_*",
            "PySide6/*translations/qtdeclarative_*",
            "PySide6/*translations/qtmultimedia_*",
            "PySide6/*translations/[!q]*",
        ),
    ),
    Dropped(
        what="PulseAudio of the building machine",
        why="Qt Multimedia is linked to it, but only sound needs it; every desktop has one that fits its server",
        patterns=("*libpulse*.so*",),
    ),
    Dropped(
        what="tests of numpy, scipy and others",
        why="for their developers",
        patterns=("numpy/*tests/*", "scipy/*tests/*", "sympy/*tests/*", "pyqtgraph/examples/*", "onnxscript/testing/*"),
    ),
)


def reason(place: str) -> Dropped | None:
    """Why a file does not go into the bundle; None if it does.

    Args:
        place: Its path in the bundle.
    """
    path = PurePath(place).as_posix()
    for dropped in DROPPED:
        if any(fnmatchcase(path, pattern) for pattern in dropped.patterns):
            return dropped
    return None
