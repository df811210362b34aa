import Model
import SystemIO
import SystemPackage

/// A file of AWS' tools: sections in brackets with `name = value` lines.
package struct ProfileFile: Sendable, Equatable {
    /// The values of each section by lower-case name.
    package let sections: [String: [String: String]]

    /// Reads a text.
    ///
    /// Lines that are indented belong to a value that we do not use; whatever else is odd is skipped, as AWS' tools do.
    package init(_ text: String) {
        var sections: [String: [String: String]] = [:]
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else {
                continue
            }
            if first == "[", let end = line.firstIndex(of: "]") {
                let words = line[line.index(after: line.startIndex)..<end].split(separator: " ")
                // `[profile name]` in the configuration file, `[name]` in the other.
                current = words.last.map(String.init)
                if let current { sections[current] = sections[current] ?? [:] }
            } else if let current, let equal = line.firstIndex(of: "=") {
                let name = Self.trimmed(line[..<equal]).lowercased()
                let value = Self.trimmed(line[line.index(after: equal)...])
                sections[current]?[name] = value
            }
        }
        self.sections = sections
    }

    /// Reads a file of at most 1 MiB; nil when there is none.
    ///
    /// - Throws: `E-IO-…` with the path.
    static func read(_ path: FilePath) throws(Fault) -> ProfileFile? {
        do throws(Fault) {
            let bytes = try DurableFile.read(path, limit: ByteCount(1 << 20))
            return ProfileFile(String(decoding: bytes, as: UTF8.self))
        } catch  where error.code == .fileMissing {
            return nil
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace ?? false { text = text.dropFirst() }
        while text.last?.isWhitespace ?? false { text = text.dropLast() }
        return String(text)
    }
}
