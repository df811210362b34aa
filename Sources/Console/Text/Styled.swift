/// A text and how it stands out; meaning never rests on the colour alone.
public struct Styled: Sendable, Hashable {
    /// The text, as it came: it may hold anything, file names included.
    public var text: String
    /// How it stands out.
    public var style: Style

    /// Gives a text a style.
    public init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// The text for a terminal: coloured where that is wanted, control characters made visible.
    public func rendered(color: Bool) -> String {
        let safe = Self.visible(text)
        return color && style != .plain ? "\u{1B}[\(style.rawValue)m\(safe)\u{1B}[0m" : safe
    }

    /// The text with its control characters as `\x1b`, so that a file name cannot command a terminal.
    public static func visible(_ text: String) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.value < 32 || (127...159).contains(scalar.value)
                || (0x202A...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            guard isControl(scalar) else {
                result.unicodeScalars.append(scalar)
                return
            }
            let digits = String(scalar.value, radix: 16)
            result +=
                scalar.value < 256
                ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
                : "\\u{\(digits)}"
        }
    }
}

extension Styled: ExpressibleByStringInterpolation {
    /// A plain text.
    public init(stringLiteral value: String) { self.init(value) }
}
