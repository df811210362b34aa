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
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 1_000,
            bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .allSatisfy(Self.isLabel)
        else { return nil }
        self.text = String(text)
    }

    /// The labels, first to last; at least one.
    public var labels: [Substring] { text.split(separator: "/") }

    /// Whether some bytes may be one label of a name.
    static func isLabel(_ bytes: some Collection<UInt8>) -> Bool {
        guard (1...255).contains(bytes.count), bytes.first != UInt8(ascii: ".") else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

extension ObjectName: Comparable {
    /// Orders by the bytes of the whole name, as S3 lists.
    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ObjectName: CustomStringConvertible {
    /// The whole name.
    public var description: String { text }
}
