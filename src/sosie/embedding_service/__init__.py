"""The standalone service that embeds images for several machines: `sosie embed serve`."""
