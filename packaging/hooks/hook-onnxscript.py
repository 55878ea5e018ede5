"""onnxscript translates Python to ONNX, so it must find its own source."""

module_collection_mode = "pyz+py"
