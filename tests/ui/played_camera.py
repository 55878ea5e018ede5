"""A camera that plays a picture: frames go through Qt's capture session as those of a real one do. No hardware."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QMediaCaptureSession, QVideoFrame, QVideoFrameFormat, QVideoFrameInput

from finetune_gui.ui.cameras import CameraSource

FRAME_MS = 20


def frame_of(picture: QImage, *, mirrored: bool = False) -> QVideoFrame:
    """A frame as a camera that looks at the user sends it: its stream says that it is to be mirrored for display."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB32)
    layout = QVideoFrameFormat(rgb.size(), QVideoFrameFormat.PixelFormat.Format_BGRX8888)
    layout.setMirrored(mirrored)
    frame = QVideoFrame(layout)
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    source, target = memoryview(rgb.constBits()), memoryview(frame.bits(0)).cast("B")
    width, line = 4 * rgb.width(), frame.bytesPerLine(0)
    for row in range(rgb.height()):
        start = row * rgb.bytesPerLine()
        target[row * line : row * line + width] = source[start : start + width]
    frame.unmap()
    return frame


class PlayedSource(CameraSource):
    """Sends a frame of the same picture again and again: always a new one, for Qt passes over one that it has."""

    def __init__(self, picture: QImage, *, mirrored: bool = False) -> None:
        super().__init__()
        self.sent = 0
        self._picture = picture
        self._mirrored = mirrored
        self.is_on = False
        self._session: QMediaCaptureSession | None = None
        self._input = QVideoFrameInput(self)
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._send)

    def attach(self, session: QMediaCaptureSession) -> None:
        self._session = session
        session.setVideoFrameInput(self._input)

    def start(self) -> None:
        self.is_on = True
        self._timer.start()

    def stop(self) -> None:
        self.is_on = False
        self._timer.stop()

    @Slot()
    def _send(self) -> None:
        self.sent += self._input.sendVideoFrame(frame_of(self._picture, mirrored=self._mirrored))


class PlayedCameras(QObject):
    """Stands in for ``Cameras``: the ones in ``pictures``, by their names."""

    changed = Signal()
    pictures: dict[str, QImage] = {}  # noqa: RUF012 (a test gives its own)
    mirrored = False

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sources: list[PlayedSource] = []

    def names(self) -> dict[str, str]:
        return {name: f"{name} camera" for name in self.pictures}

    def open(self, camera_id: str) -> PlayedSource | None:
        if camera_id not in self.pictures:
            return None
        self.sources.append(PlayedSource(self.pictures[camera_id], mirrored=self.mirrored))
        return self.sources[-1]
