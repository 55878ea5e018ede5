"""macOS: the .app that PyInstaller makes, signed, in a .dmg; notarised where an account for that is set up.

Two environment variables, both of which a build without an Apple account does without:

- FINETUNE_GUI_SIGN_IDENTITY: a "Developer ID Application" certificate of the keychain. Without it the signature is ad
  hoc, and whoever downloads the app must allow it in the system settings.
- FINETUNE_GUI_NOTARY_PROFILE: a profile that `xcrun notarytool store-credentials` has put into the keychain.
"""

import os
import shutil
from pathlib import Path

from installers import project
from installers.bundle import run
from installers.project import Build

ENTITLEMENTS = project.PACKAGING / "macos" / "entitlements.plist"
AD_HOC = "-"


def wrap(build: Build) -> list[Path]:
    """Sign, pack, notarise."""
    app = build.bundle.parent / f"{project.TITLE}.app"
    sign(app)
    target = build.artifact(".dmg")
    make_dmg(build, app, target)
    profile = os.environ.get("FINETUNE_GUI_NOTARY_PROFILE")
    if profile:
        notarise(target, profile)
    return [target]


def sign(app: Path) -> None:
    """Everything inside was signed by PyInstaller; the whole gets the final signature with the hardened runtime."""
    identity = os.environ.get("FINETUNE_GUI_SIGN_IDENTITY", AD_HOC)
    command: list[str | Path] = ["codesign", "--force", "--deep", "--sign", identity, "--entitlements", ENTITLEMENTS]
    command += ["--options", "runtime"]
    command += ["--timestamp"] if identity != AD_HOC else []
    run([*command, app], "Is the certificate in the keychain?")
    run(["codesign", "--verify", "--deep", "--strict", app], "The signature does not hold.")


def make_dmg(build: Build, app: Path, target: Path) -> None:
    """A disk image with the app and a link to the folder it belongs in."""
    stage = build.folder / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    shutil.move(app, stage / app.name)
    (stage / "Applications").symlink_to("/Applications")
    target.unlink(missing_ok=True)
    command: list[str | Path] = ["hdiutil", "create", "-volname", project.TITLE, "-srcfolder", stage]
    run([*command, "-format", "ULFO", target], "Is there room on the disk?")


def notarise(image: Path, profile: str) -> None:
    """Have Apple look at it, and attach the answer so that it opens without a network."""
    run(["xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait"], "Apple says why.")
    run(["xcrun", "stapler", "staple", image], "Was it accepted?")
