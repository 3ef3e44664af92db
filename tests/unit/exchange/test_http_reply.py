"""Responses of agencies byte by byte: what can be read in one way only is read, however it is cut into pieces."""

from __future__ import annotations

import time

import pytest

from miaopi.apps.exchange.adapters.wire.http_reply import Reply

GOOD = {
    "a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: x\r\n\r\n12345", 200, b"12345", True),
    "no reason": (b"HTTP/1.1 404 \r\ncontent-length:0\r\n\r\n", 404, b"", True),
    "a status alone": (b"HTTP/1.1 404\r\ncontent-length:  0 \r\n\r\n", 404, b"", True),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\n123\r\n2\r\n45\r\n0\r\n\r\n", 200, b"12345", True),
    "a line that ends": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive, Close\r\n\r\n1", 200, b"1", False),
    "an old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1", 200, b"1", False),
    "nothing to say": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "two cookies": (b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 1\r\n\r\n1", 200, b"1", True),
}


@pytest.mark.parametrize(("text", "status", "body", "is_kept"), GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_response_is_read_however_it_comes(text: bytes, status: int, body: bytes, is_kept: bool, size: int) -> None:
    reply = Reply(100)
    for at in range(0, len(text), size):
        assert not reply.is_whole
        reply.feed(text[at : at + size])
    assert (reply.is_whole, reply.status, reply.body, reply.is_kept) == (True, status, body, is_kept)


def test_an_agency_that_drips_tiny_chunks_costs_no_more_than_one_that_does_not() -> None:
    """Read anew at each piece they took minutes, during which nobody else was served."""
    reply, began = Reply(64 * 1024), time.process_time()
    reply.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(15_000):
        reply.feed(b"1\r\nx\r\n")
        if time.process_time() - began > 5:
            break
    reply.feed(b"0\r\n\r\n")
    assert reply.body == b"x" * 15_000


def test_without_a_length_the_end_of_the_line_is_the_end() -> None:
    reply = Reply(100)
    reply.feed(b"HTTP/1.0 200 OK\r\n\r\n123")
    assert not reply.is_whole
    reply.end()
    assert (reply.is_whole, reply.body, reply.is_kept) == (True, b"123", False)


HEAD = b"HTTP/1.1 200 OK\r\n"
BAD = {
    "another protocol": b"SSH-2.0-x\r\n\r\n",
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "not yet a response": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a line feed alone": b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
    "a folded field": HEAD + b"A: b\r\n c\r\n\r\n",
    "a field without a name": HEAD + b": b\r\n\r\n",
    "a blank before the colon": HEAD + b"Content-Length : 1\r\n\r\n",
    "a null in a field": HEAD + b"A: \x00\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "the same length twice": HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "a length and chunks": HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a length below nothing": HEAD + b"Content-Length: -1\r\n\r\n",
    "a length in words": HEAD + b"Content-Length: 1, 1\r\n\r\n",
    "too long": HEAD + b"Content-Length: 101\r\n\r\n",
    "packed": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n",
    "packed on the way": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "chunks of an old server": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "more than was announced": HEAD + b"Content-Length: 1\r\n\r\n12",
    "more after the chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n1",
    "a chunk that is no number": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\n1\r\n",
    "a chunk of another length": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n12\r\n",
    "a chunk too long": HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n",
    "fields after the body": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n",
    "a head without end": HEAD + b"A: b\r\n" * 4000,
    "a body without end": HEAD + b"\r\n" + b"1" * 101,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_can_be_read_in_two_ways_is_not_read_at_all(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        Reply(100).feed(text)


@pytest.mark.parametrize("text", [b"", HEAD, HEAD + b"Content-Length: 2\r\n\r\n1", HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n"])
def test_half_a_response_is_none(text: bytes) -> None:
    reply = Reply(100)
    reply.feed(text)
    with pytest.raises(ValueError, match="half"):
        reply.end()
