internal import Crypto
public import Model

/// The public half of an age X25519 key pair: what data is sealed to.
public struct AgeRecipient: Sendable, Hashable {
    /// The text that people copy, `age1…`.
    public let text: String
    let point: [UInt8]

    /// Reads an `age1…` recipient.
    ///
    /// - Throws: `E-KEY-FORM` when the text is not an X25519 recipient.
    public init(_ text: String) throws(Fault) {
        guard let point = Bech32.decode(text, part: "age"), point.count == 32 else {
            throw Fault(
                .invalidKey,
                "unable to read recipient '\(text)': not an age X25519 recipient",
                hints: [
                    "A recipient begins with age1 and has 62 characters; `age-keygen -y` prints it."
                ]
            )
        }
        self.text = text.lowercased()
        self.point = point
    }

    init(point: [UInt8]) {
        self.point = point
        text = Bech32.encode(point, part: "age")
    }
}

extension AgeRecipient: CustomStringConvertible {
    /// The text that people copy.
    public var description: String { text }
}
