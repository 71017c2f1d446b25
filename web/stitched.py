"""A page compressed once, and sent with another nonce each time: the parts between its nonces stay as they are."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_LEVEL = 6
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # gzip without a time, so that the same page gives the same bytes
_END = b"\x03\0"  # an empty last block
_RAW = -15


@dataclass(frozen=True)
class Stitched:
    """
    A page in gzip's form, with gaps for a nonce.

    Attributes
    ----------
    parts
        The compressed parts: a gap lies between each two.
    lengths
        Their lengths before compression.
    nonce
        The nonce that the page was made with.
    crc
        Checksum of the page with that nonce.
    """

    parts: tuple[bytes, ...]
    lengths: tuple[int, ...]
    nonce: bytes
    crc: int

    @classmethod
    def make(cls, page: bytes, nonce: bytes) -> Stitched:
        """
        Compress a page.

        Parameters
        ----------
        page
            The page.
        nonce
            The nonce in it, at least one letter long.

        Returns
        -------
        stitched
            The page, ready for other nonces of the same length.
        """
        plain = page.split(nonce)
        return cls(tuple(map(_deflated, plain)), tuple(map(len, plain)), nonce, zlib.crc32(page))

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return sum(map(len, self.parts))

    def with_nonce(self, nonce: bytes) -> bytes:
        """
        Give the page with a nonce of one's own.

        Parameters
        ----------
        nonce
            As long as the one that the page was made with.

        Returns
        -------
        body
            A gzip file.
        """
        count = len(nonce)
        if count != len(self.nonce):
            message = f"a nonce of {len(self.nonce)} letters is needed, not of {count}"
            raise ValueError(message)
        # A block that is stored as it is: its length, the same with every bit turned, and the bytes.
        block = b"\0" + count.to_bytes(2, "little") + (count ^ 0xFFFF).to_bytes(2, "little") + nonce
        length = sum(self.lengths) + count * (len(self.parts) - 1)
        tail = self._crc_with(nonce, length).to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")
        return _HEADER + block.join(self.parts) + _END + tail

    def _crc_with(self, nonce: bytes, length: int) -> int:
        """
        Work the checksum out without the page.

        A CRC is linear: that of three texts of one length, combined by exclusive or, is that of their combination. So
        the new page's is the old one's, combined with that of the difference (zeros but for the nonces) and that of
        zeros alone.
        """
        changed = bytes(a ^ b for a, b in zip(nonce, self.nonce, strict=True))
        difference = zlib.crc32(bytes(self.lengths[0]))
        for gap in self.lengths[1:]:
            difference = zlib.crc32(bytes(gap), zlib.crc32(changed, difference))
        return self.crc ^ difference ^ zlib.crc32(bytes(length))


def _deflated(text: bytes) -> bytes:
    """Compress a part so that another can follow it at a whole byte, and refer to nothing before it."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
