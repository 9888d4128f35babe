"""gzip of what is far larger, made in no time."""
import zlib


def repeated(begin, block, count):
    """`begin` and `count` times `block`. Each block is independent, so one is packed and repeated; the checksum, at the
    end of it all, is wrong."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + packed * count + packer.flush()
