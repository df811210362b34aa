internal import FoundationEssentials
public import Model

/// The text form of an age file: base64 in lines of 64 between two marks, as `age -a` writes it.
public enum AgeArmor {
    private static let begin = "-----BEGIN AGE ENCRYPTED FILE-----"
    private static let end = "-----END AGE ENCRYPTED FILE-----"
    private static let width = 64

    /// The text of a file, ended by a line feed.
    public static func encode(_ file: [UInt8]) -> String {
        var rest = Data(file).base64EncodedString()[...]
        var lines = [begin[...]]
        while !rest.isEmpty {
            lines.append(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        return (lines + [end[...], ""]).joined(separator: "\n")
    }

    /// The first file in a text; what stands around it, and white space around its lines, is passed over.
    ///
    /// - Returns: the file; nil when the text holds none.
    /// - Throws: `E-SEAL-BROKEN` when a mark is there, and what follows is not the text of a file.
    public static func find(in text: String) throws(Fault) -> [UInt8]? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map(trimmed)
        guard let first = lines.firstIndex(where: { $0 == begin }) else { return nil }
        let body = lines[(first + 1)...].prefix { $0 != end }
        let joined = body.joined()
        guard first + 1 + body.count < lines.count, !joined.isEmpty,
            body.dropLast().allSatisfy({ $0.utf8.count == width }),
            let bytes = Data(base64Encoded: joined), bytes.base64EncodedString() == joined
        else { throw AgeFile.broken("its text was changed") }
        return Array(bytes)
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var rest = line.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
