"""The image formats that are opened, and how their files end. Needs no Pillow, so telling files by name is quick."""

# Formats that only hold pictures. Left out on purpose: EPS (runs Ghostscript), WMF, PDF, video, and those that Pillow
# knows by name only. The most frequent come first, since they are tried in this order.
WANTED_FORMATS = (
    *("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "MPO", "AVIF", "JPEG2000", "PPM", "DIB", "ICO", "ICNS", "CUR"),
    *("PSD", "QOI", "DDS", "SGI", "PCX", "DCX", "SUN", "IM", "FLI", "FITS", "BLP", "FTEX", "MSP", "XBM", "XPM", "TGA"),
)
IMAGE_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "bmp", "dib", "gif", "tif", "tiff", "webp"),
        *("ppm", "pgm", "pbm", "pnm", "pfm", "avif", "avifs", "jp2", "j2k", "jpf", "jpx", "ico", "icns", "cur"),
        *("psd", "qoi", "dds", "sgi", "rgb", "rgba", "bw", "pcx", "dcx", "ras", "im", "fli", "flc", "fits", "fit"),
        *("blp", "ftc", "ftu", "msp", "xbm", "xpm", "tga", "icb", "vda", "vst"),
    )
)
