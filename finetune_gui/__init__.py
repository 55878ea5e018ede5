"""Finetune GUI: fine-tune pretrained networks on your own images, on your own machine."""

__version__ = "0.1.0"
