import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit

/// An engine that answers, and not as it should.
final class LyingEngine {
    /// What it does.
    enum Habit: String, CaseIterable {
        /// Begins each answer and does not end it.
        case body
        /// Makes containers, and does not answer who attaches.
        case attach
        /// Does everything, and never tells that a program has ended.
        case mute
        /// Hangs up on a program's input in between, and says that the program ended well.
        case cut
        /// Takes a program's whole input, and says that the program ended well.
        case whole
    }

    let folder: ScratchFolder
    private let program: ChildProgram

    /// Where it listens.
    var socket: FilePath { folder.path.appending("engine.sock") }

    private static let script = """
        import socket, sys, threading
        habit, path = sys.argv[1:3]
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(16)
        threads = []

        def answer(connection, status, body=b""):
            head = "HTTP/1.1 %s\\r\\nContent-Length: %d\\r\\n\\r\\n" % (status, len(body))
            connection.sendall(head.encode() + body)

        def attach(connection, rest):
            if habit == "attach":
                return connection
            connection.sendall(b"HTTP/1.1 101 UPGRADED\\r\\n\\r\\n")
            if habit == "mute":
                return connection
            count = len(rest)
            while habit == "whole" or count < 100000:
                bytes = connection.recv(65536)
                count += len(bytes)
                if not bytes:
                    break
            connection.close()

        def serve(connection):
            data = b""
            while True:
                while b"\\r\\n\\r\\n" not in data:
                    more = connection.recv(65536)
                    if not more:
                        return
                    data += more
                head, data = data.split(b"\\r\\n\\r\\n", 1)
                line, *fields = head.decode().lower().split("\\r\\n")
                size = [int(f.split(":")[1]) for f in fields if f.startswith("content-length")]
                while size and len(data) < size[0]:
                    data += connection.recv(65536)
                if size:
                    data = data[size[0]:]
                if habit == "body":
                    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n{")
                    continue
                if "/attach" in line:
                    threads.append(attach(connection, data))
                    return
                if "/create" in line:
                    answer(connection, "201 Created", b"{}")
                elif "/wait" in line:
                    answer(connection, "200 OK", b'{"StatusCode":0}')
                else:
                    answer(connection, "204 No Content")

        print("up", flush=True)
        while True:
            connection, _ = server.accept()
            threads.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
        """

    /// Starts it.
    ///
    /// - Throws: `E-TEST-PROGRAM`.
    init(_ habit: Habit) throws(Fault) {
        folder = try ScratchFolder()
        let log = folder.path.appending("log")
        program = try ChildProgram(
            [
                "/usr/bin/python3", "-c", Self.script, habit.rawValue,
                folder.path.appending("engine.sock").string,
            ],
            environment: ["PATH": "/usr/bin:/bin"],
            directory: folder.path.string,
            output: log.string
        )
        let limit = ContinuousClock.now + .seconds(300)
        while (try? DurableFile.read(log, limit: ByteCount(1 << 20))) != Array("up\n".utf8) {
            guard ContinuousClock.now < limit else {
                throw Fault(.testProgram, "unable to start an engine: it does not listen")
            }
            usleep(2_000)
        }
    }

    deinit { program.terminate(patience: .zero) }
}
