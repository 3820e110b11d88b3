"""A network that breaks: a proxy in front of a real server that cuts connections at chosen moments."""

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

__all__ = ["BrokenNetwork"]


class BrokenNetwork:
    """Relays to a port of this machine.

    ``cut_at`` are numbers of bytes, of all that came from the server, at which a connection is cut; the answer to the
    first request that holds ``lose_answer_to`` is lost after the server has given it. ``requests`` keeps what was sent;
    ``on_cut`` is called at each loss.
    """

    def __init__(self, port: int, cut_at: Sequence[int] = (), lose_answer_to: bytes | None = None) -> None:
        self.upstream = port
        self.cut_at = list(cut_at)
        self.lose_answer_to = lose_answer_to
        self.requests = b""
        self.received = 0
        self.lost = 0
        self.on_cut: Callable[[], None] = lambda: None
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self) -> "BrokenNetwork":
        return self

    def __exit__(self, *exception: object) -> None:
        self.listener.close()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            losing = threading.Event()
            threading.Thread(target=self.up, args=(client, server, losing), daemon=True).start()
            try:
                while (data := server.recv(4096)) and not losing.is_set() and not self.is_cut(len(data)):
                    client.sendall(data)
                if data:
                    self.lost += 1
                    self.on_cut()
            finally:  # a socket that is only closed stays open while the other thread waits for it
                for one in (client, server):
                    with suppress(OSError):
                        one.shutdown(socket.SHUT_RDWR)

    def up(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.requests += data
                if self.lose_answer_to and self.lose_answer_to in data:
                    self.lose_answer_to = None
                    losing.set()
                server.sendall(data)

    def is_cut(self, count: int) -> bool:
        with self.lock:
            self.received += count
            if self.cut_at and self.received > self.cut_at[0]:
                del self.cut_at[0]
                return True
            return False
