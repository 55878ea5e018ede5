"""How far the answers of a model can be trusted, from what it said of each image. numpy alone: no torch."""
