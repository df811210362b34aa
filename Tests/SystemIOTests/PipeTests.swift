import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Secrets that come through a pipe.
@Suite(.ownThreads) struct PipeTests {
    /// Runs a body with a named pipe.
    private func withPipe(_ body: (FilePath) async throws -> Void) async throws {
        try await withFolder { folder in
            let name = try #require(FileName("pipe"))
            try Directory.open(folder).makeNode(name, kind: .fifo, mode: 0o600)
            try await body(folder.appending("pipe"))
        }
    }

    /// Starts a writer; a task would not do, since the reader blocks a thread of the pool.
    private func writer(_ script: String, to path: FilePath) throws(Fault) -> ChildProgram {
        try ChildProgram(
            ["/bin/sh", "-c", script, "sh", path.string],
            environment: ["PATH": "/usr/bin:/bin"],
            directory: "/"
        )
    }

    @Test
    func `a pipe without a writer is given up`() async throws {
        let patience = PipePatience(forWriter: .milliseconds(150), forBytes: .seconds(300))
        try await withPipe { path in
            let began = ContinuousClock.now
            let fault = #expect(throws: Fault.self) {
                try SecretFile.readHandedOver(path, patience: patience)
            }
            #expect(fault?.code == .pipeSilent)
            #expect(began.duration(to: .now) >= .milliseconds(150))
        }
    }

    @Test(arguments: [
        ("printf key > \"$1\"", "key"), ("(printf k; sleep 0.3; printf ey) > \"$1\"", "key"),
        (": > \"$1\"", ""),
    ])
    func `a pipe is read until its writer leaves`(script: String, expected: String) async throws {
        let patience = PipePatience(forWriter: .seconds(300), forBytes: .seconds(300))
        try await withPipe { path in
            let writer = try writer(script, to: path)
            let bytes = try SecretFile.readHandedOver(path, patience: patience)
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
            #expect(writer.wait() == 0)
        }
    }

    @Test
    func `a writer that says nothing is given up`() async throws {
        let patience = PipePatience(forWriter: .seconds(300), forBytes: .milliseconds(150))
        try await withPipe { path in
            // Opened for reading and writing, a pipe has a writer that never leaves.
            let silent = try Descriptor.open(path, .readWrite)
            let fault = #expect(throws: Fault.self) {
                try SecretFile.readHandedOver(path, patience: patience)
            }
            #expect(fault?.code == .pipeSilent)
            try silent.close()
        }
    }

    @Test
    func `a pipe without end is refused at a mebibyte`() async throws {
        try await withPipe { path in
            let writer = try writer("head -c 2000000 /dev/zero > \"$1\"", to: path)
            let patience = PipePatience(forWriter: .seconds(300), forBytes: .seconds(300))
            let fault = #expect(throws: Fault.self) {
                try SecretFile.readHandedOver(path, patience: patience)
            }
            #expect(fault?.code == .fileTooLarge)
            // It was cut off.
            #expect(writer.wait() != 0)
        }
    }

    @Test
    func `a pipe that others may open is no place for a secret`() async throws {
        try await withPipe { path in
            try Directory.open(path.parent).setMode(0o644, of: #require(path.lastName))
            let fault = #expect(throws: Fault.self) { try SecretFile.readHandedOver(path) }
            #expect(fault?.code == .secretExposed)
        }
    }

    @Test
    func `only a secret that is handed over may be a pipe`() async throws {
        try await withPipe { path in
            let fault = #expect(throws: Fault.self) { try SecretFile.read(path) }
            #expect(fault?.code == .fileKind)
            let whole = #expect(throws: Fault.self) {
                try DurableFile.read(path, limit: ByteCount(1024))
            }
            #expect(whole?.code == .fileKind)
            #expect(whole?.message.contains("it is a pipe, not an ordinary file") == true)
        }
    }
}
