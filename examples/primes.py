"""A program nobody has to trust: it counts primes with a pool of processes, talks to itself over
a loopback socket, keeps its result in a database, and shows what it can see of the machine."""
import multiprocessing
import os
import socket
import sqlite3
import tempfile
import threading


def count(bounds):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(max(2, bounds[0]), bounds[1]))


def serve(sock, text):
    peer, _ = sock.accept()
    with peer:
        peer.sendall(text.encode())


def main():
    ranges = [(i, i + 5000) for i in range(0, 40000, 5000)]
    with multiprocessing.Pool(4) as pool:
        counts = pool.map(count, ranges)

    folder = tempfile.mkdtemp()
    with sqlite3.connect(os.path.join(folder, "primes.db")) as db:
        db.execute("create table primes(first, last, n)")
        db.executemany("insert into primes values(?, ?, ?)", [(*r, c) for r, c in zip(ranges, counts)])
        total = db.execute("select sum(n) from primes").fetchone()[0]

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server, f"{total} primes below 40000"), daemon=True).start()
        with socket.create_connection(server.getsockname()) as client:
            print(client.makefile().read())

    print("host name", os.uname().nodename, "| processes seen",
          sum(name.isdigit() for name in os.listdir("/proc")), "| result kept in", folder)


if __name__ == "__main__":
    main()
