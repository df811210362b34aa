/// The name of the sequence of snapshots and log pieces of one component of one host: `<host>.<stack>.<component>`.
public struct StreamName: Sendable, Hashable, Comparable {
    /// The host that owns the stream.
    public let host: String
    /// The stack.
    public let stack: String
    /// The component.
    public let component: String

    /// Makes a name of three labels; nil when one is not a label (see ``isLabel(_:)``).
    public init?(host: String, stack: String, component: String) {
        guard [host, stack, component].allSatisfy(Self.isLabel) else { return nil }
        self.host = host
        self.stack = stack
        self.component = component
    }

    /// Reads `<host>.<stack>.<component>`; nil when it is anything else.
    public init?(_ text: some StringProtocol) {
        let labels = text.split(omittingEmptySubsequences: false) { $0 == "." }.map { String($0) }
        guard labels.count == 3 else { return nil }
        self.init(host: labels[0], stack: labels[1], component: labels[2])
    }

    /// Whether a text may be a host, stack or component: 1 to 63 of `a-z`, `0-9`, `-` and `_`, first a letter or digit.
    public static func isLabel(_ text: String) -> Bool {
        guard (1...63).contains(text.utf8.count), let first = text.utf8.first else { return false }
        let isWord = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isWord(first)
            && text.utf8.allSatisfy {
                isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    /// Orders by text.
    public static func < (left: StreamName, right: StreamName) -> Bool {
        left.description < right.description
    }
}

extension StreamName: CustomStringConvertible {
    /// `<host>.<stack>.<component>`.
    public var description: String { "\(host).\(stack).\(component)" }
}
