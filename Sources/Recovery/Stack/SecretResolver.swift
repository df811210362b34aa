public import Model
public import StackConfiguration
internal import SystemIO
internal import SystemPackage

/// Fetches the secrets that a configuration refers to, when they are needed and not before.
public struct SecretResolver: Sendable {
    /// The environment of the program.
    let variables: [String: String]

    /// - Parameter variables: the environment of the program.
    public init(variables: [String: String]) { self.variables = variables }

    /// The secret that a reference leads to, without the line feed that files and commands end
    /// with.
    ///
    /// - Throws: `E-SECRET-MISSING`, `E-SECRET-EXPOSED` for a file that others can read,
    ///   `E-SECRET-FORM`, `E-COMMAND-…`; the secret itself is in no message.
    public func text(_ reference: SecretReference) async throws(Fault) -> String {
        let bytes: [UInt8]
        switch reference {
        case .file(let path): bytes = try SecretFile.read(FilePath(path))
        case .environment(let name):
            guard let value = variables[name] else {
                throw missing("environment variable '\(name)'", "it is not set")
            }
            bytes = Array(value.utf8)
        case .credential(let name): bytes = try credential(name)
        case .command(let words):
            guard let program = words.first else {
                throw missing("command", "it has no program")
            }
            bytes = try await Command(program, arguments: Array(words.dropFirst()))
                .runSuccessfully(outputLimit: 1 << 20)
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(.secretForm, "unable to read secret \(reference): it is no text")
        }
        if text.utf8.last == 10 { text.unicodeScalars.removeLast() }
        if text.utf8.last == 13 { text.unicodeScalars.removeLast() }
        return text
    }

    /// systemd puts credentials where only the service can see them, with modes of its own.
    private func credential(_ name: String) throws(Fault) -> [UInt8] {
        guard let folder = variables["CREDENTIALS_DIRECTORY"] else {
            throw missing("credential '\(name)'", "CREDENTIALS_DIRECTORY is not set")
        }
        return try DurableFile.read(FilePath(folder).appending(name), limit: ByteCount(1 << 20))
    }

    private func missing(_ what: String, _ fact: String) -> Fault {
        Fault(
            .secretMissing,
            "unable to read \(what): \(fact)",
            hints: ["The configuration refers to it; see `password:` and `identity:` there."]
        )
    }
}
