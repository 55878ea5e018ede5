"""Cameras by Qt Multimedia, and upright pictures of what they see.

Imported where a camera may be wanted, not before (``camera_access.py``): the package of Qt Multimedia is an extra, and
the system may lack a library that it needs.
"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QTransform
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

from finetune_gui.ui.workers.newest_first import NewestFirst

_ENOUGH = 720  # pixels of the shorter side: twice what most networks see, and a preview that is sharp
_FLUENT = 24.0  # frames a second
_SILENCE_MS = 5000  # some cameras need seconds to wake up

# Frames are converted without OpenGL on Linux: Mesa's drivers bring an LLVM that Triton's does not survive. Loading the
# second one, as torch does when training begins, ends the process. Nothing else here is drawn by OpenGL.
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)


class CameraSource(QObject):
    """Something that a capture session gets its frames from.

    Signals:
        failed: why no more frames will come, in a sentence of the driver's; may be empty.
    """

    failed = Signal(str)

    def attach(self, session: QMediaCaptureSession) -> None:
        """Become the source of a session."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to send frames."""
        raise NotImplementedError

    def stop(self) -> None:
        """Send no more; let go of the device."""
        raise NotImplementedError


class DeviceSource(CameraSource):
    """A camera of this machine."""

    def __init__(self, device: QCameraDevice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._camera = QCamera(device, self)
        chosen = best_format(device.videoFormats())
        if chosen is not None:
            self._camera.setCameraFormat(chosen)
        self._camera.errorOccurred.connect(self._on_error)

    def attach(self, session: QMediaCaptureSession) -> None:
        """See ``CameraSource``."""
        session.setCamera(self._camera)

    def start(self) -> None:
        """See ``CameraSource``."""
        self._camera.start()

    def stop(self) -> None:
        """See ``CameraSource``."""
        self._camera.stop()

    @Slot()
    def _on_error(self) -> None:
        if self._camera.error() != QCamera.Error.NoError:
            self.failed.emit(self._camera.errorString())


class Cameras(QObject):
    """The cameras of this machine.

    Signals:
        changed: one was plugged in or out.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self.changed)

    def names(self) -> dict[str, str]:
        """What people call each camera, by its id; the default one first."""
        devices = sorted(QMediaDevices.videoInputs(), key=lambda device: not device.isDefault())
        return {_id_of(device): device.description() for device in devices}

    def open(self, camera_id: str) -> CameraSource | None:
        """A camera, not started yet; None where it is gone."""
        devices = (device for device in QMediaDevices.videoInputs() if _id_of(device) == camera_id)
        found = next(devices, None)
        return DeviceSource(found) if found is not None else None


class CameraFeed(QObject):
    """Upright pictures of a source, the newest ones, as fast as they can be converted on a thread.

    Nothing is kept but the frame that waits and the one that is being converted.

    Signals:
        picture: a ``QImage``, upright, not mirrored.
        failed: why there are none, as one sentence. It may go on afterwards only if it was silence.
        finished: it was stopped and its thread has ended.
    """

    picture = Signal(QImage)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, source: CameraSource, parent: QObject | None = None, *, silence_ms: int = _SILENCE_MS) -> None:
        super().__init__(parent)
        self._source = source
        self._stopped = False
        source.setParent(self)
        self._sink = QVideoSink(self)
        self._session = QMediaCaptureSession(self)
        self._session.setVideoSink(self._sink)
        self._converter = NewestFirst(self)
        self._silence = QTimer(self, singleShot=True, interval=silence_ms)
        self._silence.timeout.connect(self._on_silence)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._converter.answered.connect(self._on_converted)
        self._converter.crashed.connect(self._on_crashed)
        self._converter.finished.connect(self.finished)
        source.failed.connect(self._on_failed)

    def start(self) -> None:
        """Begin; the light of the camera goes on."""
        self._source.attach(self._session)
        self._silence.start()
        self._source.start()

    def stop(self) -> None:
        """Release the camera. Nothing but ``finished`` is told any more."""
        if self._stopped:
            return
        self._stopped = True
        self._silence.stop()
        self._sink.videoFrameChanged.disconnect(self._on_frame)
        self._source.failed.disconnect(self._on_failed)
        self._source.stop()
        self._session.setVideoSink(None)  # type: ignore[arg-type] # Qt takes a null pointer
        self._converter.stop()

    def shutdown(self) -> bool:
        """Stop and wait for the thread, with a bound."""
        self.stop()
        return self._converter.shutdown()

    @Slot(QVideoFrame)
    def _on_frame(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._converter.offer(partial(upright, frame))

    @Slot(object)
    def _on_converted(self, picture: QImage) -> None:
        if picture.isNull():
            return  # a damaged frame: the next one is under way
        self._silence.start()
        self.picture.emit(picture)

    @Slot()
    def _on_silence(self) -> None:
        self.failed.emit(self.tr("The camera sends no picture. Perhaps another program uses it."))

    @Slot(str)
    def _on_failed(self, reason: str) -> None:
        self._silence.stop()
        words = self.tr("The camera cannot be used: {reason}.").format(reason=reason.strip().rstrip("."))
        self.failed.emit(words if reason.strip() else self.tr("The camera cannot be used."))

    @Slot()
    def _on_crashed(self) -> None:
        self._on_failed("")


def upright(frame: QVideoFrame) -> QImage:
    """What was before the camera as 32-bit RGB: turned as the camera says, and never mirrored.

    ``toImage`` obeys the rotation and mirroring of the stream, but not those of the single frame. Streams of cameras
    that look at the user say that they are to be mirrored; that is for the preview, and letters would be reversed.
    """
    picture = frame.toImage()
    if frame.surfaceFormat().isMirrored():
        picture = picture.flipped(Qt.Orientation.Horizontal)
    turned = frame.rotation().value
    if turned:
        picture = picture.transformed(QTransform().rotate(turned))
    return picture.convertToFormat(QImage.Format.Format_RGB32)


def best_format(formats: Sequence[QCameraFormat]) -> QCameraFormat | None:
    """The smallest that is sharp and fluent enough, else the most pixels; Qt's own choice may be 4K.

    Args:
        formats: What a camera offers.
    """

    def order(each: QCameraFormat) -> tuple[bool, bool, int]:
        size = each.resolution()
        small = min(size.width(), size.height()) < _ENOUGH
        pixels = size.width() * size.height()
        return each.maxFrameRate() < _FLUENT, small, -pixels if small else pixels

    return min(formats, key=order, default=None)


def _id_of(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")
