"""The CUDA edition, fetched by choice into the user's folder by an installed app that came without CUDA. Torch-free."""
