"""torchvision 0.29 renamed its binaries, which are opened by path: PyInstaller does not see them in any import."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("torchvision", search_patterns=["*.so", "*.pyd", "*.dll", "*.dylib"])
module_collection_mode = "pyz+py"  # torch.jit.script reads the source of its own functions
