/// The name of an object: labels of letters, digits, `.`, `-` and `_` with `/` in between, such as `packs/ab/ab12…`.
///
/// No label is empty or begins with a dot, so no name can leave the store or hide in it. Names are the same in every
/// store; they are told apart by case, so a store on a file system that ignores case must not get names that
/// differ in nothing else.
public struct ObjectName: Sendable, Hashable {
    /// The whole name.
    public let text: String

    /// Takes a text; nil when it is no name, or longer than 1,000 bytes, or a label is longer than 255.
    public init?(_ text: some StringProtocol) {
        var (total, label) = (0, 0)
        for byte in text.utf8 {
            total += 1
            if byte == UInt8(ascii: "/") {
                guard label > 0 else { return nil }
                label = 0
            } else {
                guard Self.isAllowed(byte), label > 0 || byte != UInt8(ascii: ".") else {
                    return nil
                }
                label += 1
            }
            guard label <= Self.longestLabel, total <= Self.longest else { return nil }
        }
        guard label > 0 else { return nil }
        self.text = String(text)
    }

    private static let longest = 1_000
    private static let longestLabel = 255

    /// The labels, first to last; at least one.
    public var labels: [Substring] { text.split(separator: "/") }

    /// Whether some bytes may be one label of a name.
    static func isLabel(_ bytes: some Collection<UInt8>) -> Bool {
        (1...longestLabel).contains(bytes.count) && bytes.first != UInt8(ascii: ".")
            && bytes.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension ObjectName: Comparable {
    /// Orders by the bytes of the whole name, as S3 lists; a name is ASCII, of which texts compare so.
    public static func < (left: ObjectName, right: ObjectName) -> Bool { left.text < right.text }
}

extension ObjectName: CustomStringConvertible {
    /// The whole name.
    public var description: String { text }
}
