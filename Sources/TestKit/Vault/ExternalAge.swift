public import Model
import SystemIO
public import SystemPackage

/// The `age` program of the system, which shares no code with ours.
public struct ExternalAge: Sendable {
    private let folder: ScratchFolder

    /// Prepares a folder for its files.
    ///
    /// - Throws: `E-IO-…`.
    public init() throws(Fault) { folder = try ScratchFolder() }

    /// A new identity made by `age-keygen`.
    ///
    /// - Throws: `E-COMMAND-…`.
    public func newIdentity() async throws(Fault) -> String {
        let output = try await Command("age-keygen").runSuccessfully(outputLimit: 4096)
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix("AGE-SECRET-KEY-1") }.map {
            String($0)
        } ?? ""
    }

    /// The recipient of an identity, as `age-keygen -y` tells it.
    ///
    /// - Throws: `E-COMMAND-…`.
    public func recipient(of identity: String) async throws(Fault) -> String {
        let output = try await Command("age-keygen", arguments: ["-y"]).runSuccessfully(
            input: Array(identity.utf8),
            outputLimit: 4096
        )
        return String(decoding: output.dropLast(), as: UTF8.self)
    }

    /// Seals bytes to recipients.
    ///
    /// - Throws: `E-COMMAND-…`.
    public func seal(_ plain: [UInt8], to recipients: [String]) async throws(Fault) -> [UInt8] {
        try await Command("age", arguments: recipients.flatMap { ["-r", $0] }).runSuccessfully(
            input: plain,
            outputLimit: 1 << 24
        )
    }

    /// Opens a file.
    ///
    /// - Throws: `E-COMMAND-…`, when no identity fits too.
    public func open(_ sealed: [UInt8], with identity: String) async throws(Fault) -> [UInt8] {
        let file = folder.path.appending(FileName.temporary())
        try DurableFile.create(file, with: Array(identity.utf8), mode: 0o600)
        return try await Command("age", arguments: ["-d", "-i", file.string]).runSuccessfully(
            input: sealed,
            outputLimit: 1 << 24
        )
    }

    /// Seals bytes with a passphrase, which is typed twice.
    ///
    /// - Throws: `E-COMMAND-…`, `E-IO-…`.
    public func seal(
        _ plain: [UInt8],
        passphrase: String,
        isArmoured: Bool = false
    ) async throws(Fault) -> [UInt8] {
        let (input, output) = (newName(), newName())
        try DurableFile.create(input, with: plain, mode: 0o600)
        _ = try await TypedProgram.run(
            "/usr/bin/age",
            (isArmoured ? ["-a"] : []) + ["-p", "-o", output.string, input.string],
            in: folder.path,
            answers: [("Enter passphrase", passphrase), ("Confirm passphrase", passphrase)]
        )
        return try DurableFile.read(output, limit: ByteCount(1 << 24))
    }

    /// Opens a file that a passphrase sealed; nil when it does not fit.
    ///
    /// - Throws: `E-COMMAND-…`, `E-IO-…`.
    public func open(_ sealed: [UInt8], passphrase: String) async throws(Fault) -> [UInt8]? {
        let (input, output) = (newName(), newName())
        try DurableFile.create(input, with: sealed, mode: 0o600)
        let ending = try await TypedProgram.run(
            "/usr/bin/age",
            ["-d", "-o", output.string, input.string],
            in: folder.path,
            answers: [("Enter passphrase", passphrase)]
        )
        guard ending.code == 0 else { return nil }
        // `age` makes no file for no bytes.
        guard try FileSystem.status(output) != nil else { return [] }
        return try DurableFile.read(output, limit: ByteCount(1 << 24))
    }

    /// Opens a file with an identity file that a passphrase sealed; nil when it does not open it.
    ///
    /// - Throws: `E-COMMAND-…`, `E-IO-…`.
    public func open(
        _ sealed: [UInt8],
        identityFile: FilePath,
        passphrase: String
    ) async throws(Fault) -> [UInt8]? {
        let (input, output) = (newName(), newName())
        try DurableFile.create(input, with: sealed, mode: 0o600)
        let ending = try await TypedProgram.run(
            "/usr/bin/age",
            ["-d", "-i", identityFile.string, "-o", output.string, input.string],
            in: folder.path,
            answers: [("Enter passphrase", passphrase)]
        )
        guard ending.code == 0 else { return nil }
        // `age` makes no file for no bytes.
        guard try FileSystem.status(output) != nil else { return [] }
        return try DurableFile.read(output, limit: ByteCount(1 << 24))
    }

    private func newName() -> FilePath { folder.path.appending(FileName.temporary()) }
}
