#!/bin/sh
# Installs Finetune GUI for the person who runs this, without a password; the old version is replaced.
#   ./install.sh [--to FOLDER]      default: ~/.local/opt/finetune-gui
# FOLDER/uninstall.sh removes it. Runs and settings lie elsewhere and are left alone by both.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
bin=$HOME/.local/bin
target=$HOME/.local/opt/finetune-gui

fail() {
    echo "install.sh: $1" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
        --to)
            [ $# -ge 2 ] || fail "--to needs a folder."
            target=$2
            shift 2
            ;;
        *) fail "unknown argument: $1" ;;
    esac
done
case $target in
    /*) ;;
    *) target=$PWD/$target ;;
esac
case $target in
    *[\"\`\$\\%]*) fail "$target has one of the characters \" \` \$ \\ %, which menus cannot deal with." ;;
esac
if [ -e "$target" ] && [ ! -x "$target/finetune-gui-window" ]; then
    fail "$target exists and is not Finetune GUI: choose another folder with --to."
fi
# What runs loads parts of itself later, so it must not lose them.
for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null || true) in
        "$target"/finetune-gui*) fail "Finetune GUI is running: close it first." ;;
    esac
done

parent=$(dirname -- "$target")
mkdir -p "$parent" 2>/dev/null || fail "$parent cannot be made: choose another folder with --to."
[ -w "$parent" ] || fail "$parent cannot be written to: choose another folder with --to."
new=$target.new.$$
old=$target.old.$$
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM

# On the same disk the files are linked, which takes no room and no time; elsewhere they are copied.
if ! cp -al "$here/finetune-gui" "$new" 2>/dev/null; then
    rm -rf "$new"
    needed=$(du -sk "$here/finetune-gui" | cut -f1)
    free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
    [ "$free" -gt "$needed" ] || fail "$parent has room for $((free / 1024)) MB and $((needed / 1024)) MB are needed."
    cp -a "$here/finetune-gui" "$new" 2>/dev/null || fail "the files cannot be copied to $parent."
fi
[ ! -e "$target" ] || mv "$target" "$old"
mv "$new" "$target"
rm -rf "$old"

mkdir -p "$bin" "$data/applications" "$data/metainfo"
cp -R "$here/share/icons" "$data/"
cp "$here/share/metainfo/"*.xml "$data/metainfo/"
while IFS= read -r line; do
    case $line in
        Exec=*) printf 'Exec="%s/finetune-gui-window" %%f\n' "$target" ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$here/share/applications/finetune-gui.desktop" >"$data/applications/finetune-gui.desktop"
ln -sf "$target/finetune-gui" "$bin/finetune-gui"
ln -sf "$target/finetune-gui-window" "$bin/finetune-gui-window"
cp "$here/uninstall.sh" "$target/uninstall.sh"
printf '%s\n' "$data" "$bin" >"$target/installed-for" # the uninstaller reads it
if command -v update-desktop-database >/dev/null; then
    update-desktop-database -q "$data/applications" || true
fi
echo "Installed in $target."
echo "Start it from the menu or with $bin/finetune-gui-window; remove it with $target/uninstall.sh"
