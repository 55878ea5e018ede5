"""Finetune GUI: fine-tune pretrained networks on your own images, on your own machine."""

import os

__version__ = "0.1.0"

# Nothing leaves this machine. onnxruntime tells its makers of every model it opens, and keeps a number of this machine
# in the home folder, unless this is set before it is loaded; huggingface_hub tells versions with each download.
os.environ |= {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
