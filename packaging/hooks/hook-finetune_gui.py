"""Pages, sources of models and others are imported by name when they are needed."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = collect_submodules("finetune_gui")
datas = collect_data_files("finetune_gui")
