#!/bin/sh
# Removes Finetune GUI, also the GPU support that it has fetched. Runs, settings and caches stay: `finetune-gui doctor`
# tells where they are.
set -eu

target=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
{
    IFS= read -r data
    IFS= read -r bin
} <"$target/installed-for" # fails where this is not the app's folder
fetched=$data/finetune-gui/gpu-support

for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null || true) in
        "$target"/finetune-gui* | "$fetched"/*)
            echo "uninstall.sh: Finetune GUI is running: close it first." >&2
            exit 2
            ;;
    esac
done
for link in "$bin/finetune-gui" "$bin/finetune-gui-window"; do
    case $(readlink "$link" || true) in
        "$target"/*) rm -f "$link" ;;
    esac
done
rm -f "$data/applications/finetune-gui.desktop" "$data/metainfo/@ID@.metainfo.xml"
rm -f "$data"/icons/hicolor/*/apps/finetune-gui.png "$data/icons/hicolor/scalable/apps/finetune-gui.svg"
if command -v update-desktop-database >/dev/null; then
    update-desktop-database -q "$data/applications" || true
fi
rm -rf "$target" "$fetched"
echo "Removed. Your runs and settings are still there."
