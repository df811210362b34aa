public import Model

/// What a person knows, or keeps in a password store, and types to open a recovery kit.
///
/// It is a secret, so the type has no description.
public struct Passphrase: Sendable, Equatable {
    /// How many bytes a new one has at least: whoever holds the file tries passphrases undisturbed.
    private static let shortest = 12

    let bytes: [UInt8]

    /// Takes the line that was typed or that a file holds; a line end after it is not part of it.
    ///
    /// - Throws: `E-KEY-FORM` when there is nothing, or more than one line; it is not repeated.
    public init(line: [UInt8]) throws(Fault) {
        var bytes = line
        if bytes.last == 10 { bytes.removeLast() }
        if bytes.last == 13 { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw Fault(.invalidKey, "unable to take a passphrase: it is empty")
        }
        guard !bytes.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
            throw Fault(.invalidKey, "unable to take a passphrase: it is more than one line")
        }
        self.bytes = bytes
    }

    /// Refuses a new passphrase that is too short to withstand guessing.
    ///
    /// - Throws: `E-KEY-FORM`.
    public func checkLength() throws(Fault) {
        guard bytes.count < Self.shortest else { return }
        throw Fault(
            .invalidKey,
            "unable to take the new passphrase: it has fewer than \(Self.shortest) characters",
            hints: ["Take several words that nobody would guess, and write them down elsewhere."]
        )
    }
}
