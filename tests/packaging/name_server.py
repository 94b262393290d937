"""A name server of one name, whose address is 127.0.0.1; it knows no other. Prints each name that it is
asked for, in small letters.

usage: name_server.py ADDRESS NAME
"""

import socket
import sys


def question_end(query):
    at = 12
    while query[at] != 0:
        at += query[at] + 1
    return at


def main(address, known):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    print("ready", flush=True)
    while True:
        query, peer = server.recvfrom(512)
        end = question_end(query)
        labels = []
        at = 12
        while at < end:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace").lower())
            at += query[at] + 1
        name = ".".join(labels)
        print(name, flush=True)
        is_known = name == known
        wants_v4 = query[end + 1:end + 3] == b"\x00\x01"
        answer = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01" if is_known and wants_v4 else b""
        flags = b"\x81\x80" if is_known else b"\x81\x83"
        counts = b"\x00\x01" + (b"\x00\x01" if answer else b"\x00\x00") + b"\x00\x00\x00\x00"
        server.sendto(query[:2] + flags + counts + query[12:end + 5] + answer, peer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
