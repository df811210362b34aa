/// A value that JSON holds as its text.
public protocol TextCodable: Codable, CustomStringConvertible {
    /// Reads the text that ``CustomStringConvertible/description`` or ``codingText`` gives; nil when it is none.
    init?(codingText: String)

    /// The text that JSON holds.
    var codingText: String { get }
}

extension TextCodable {
    /// The description.
    public var codingText: String { description }

    /// Reads the text.
    ///
    /// - Throws: `DecodingError` when it is not this type's text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(codingText: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not the text of a \(Self.self)"
            )
        }
        self = value
    }

    /// Writes the text.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(codingText)
    }
}

extension Digest256: TextCodable {
    /// Reads 64 hexadecimal digits.
    public init?(codingText: String) { self.init(hexadecimal: codingText) }
}

extension StreamName: TextCodable {
    /// Reads `<host>.<stack>.<component>`.
    public init?(codingText: String) { self.init(codingText) }
}

extension LSN: TextCodable {
    /// Reads `<high>/<low>`.
    public init?(codingText: String) { self.init(codingText) }
}

extension Instant: TextCodable {
    /// Reads RFC 3339.
    public init?(codingText: String) { self.init(rfc3339: codingText) }

    /// RFC 3339 in UTC with nanoseconds.
    public var codingText: String { rfc3339(digits: 9) }
}
