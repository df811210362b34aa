/// Swift source with its comments and strings blanked, line by line, so that rules look at code only.
///
/// It knows line comments, nested block comments, strings with escapes and interpolation, raw strings and multi-line
/// strings. Interpolated code is blanked with its string; a regex literal is taken for code.
struct SourceText {
    /// The lines with what is no code replaced by spaces.
    let code: [String]

    init(_ text: String) {
        var scanner = Scanner(text)
        code = scanner.scan().split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// The functions of a file that are longer than a limit, by the line they begin at and their length.
    func functions(longerThan limit: Int) -> [(line: Int, length: Int)] {
        var depth = 0
        var pending: Int?
        var open: [(line: Int, depth: Int)] = []
        var long: [(Int, Int)] = []
        for (index, line) in code.enumerated() {
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
            if words.contains("func") || Self.beginsInitializer(words) { pending = index }
            for character in line {
                if character == "{" {
                    depth += 1
                    if let start = pending {
                        open.append((start, depth))
                        pending = nil
                    }
                } else if character == "}" {
                    if let last = open.last, last.depth == depth {
                        open.removeLast()
                        let length = index - last.line + 1
                        if length > limit { long.append((last.line + 1, length)) }
                    }
                    depth -= 1
                }
            }
        }
        return long
    }

    private static func beginsInitializer(_ words: [Substring]) -> Bool {
        let modifiers: Set<Substring> = [
            "public", "package", "private", "fileprivate", "internal", "convenience", "required",
            "override", "borrowing", "consuming", "nonisolated",
        ]
        guard let first = words.first(where: { !modifiers.contains($0) }) else { return false }
        return first == "init" || first == "deinit"
    }
}

/// The scanner behind ``SourceText``.
private struct Scanner {
    private var rest: ArraySlice<Character>
    private var output = ""

    init(_ text: String) { rest = Array(text)[...] }

    mutating func scan() -> String {
        while let character = rest.first {
            if starts("//") {
                while let next = rest.first, next != "\n" { blank() }
            } else if starts("/*") {
                comment()
            } else if character == "\"" || character == "#" && isRawString {
                string()
            } else {
                output.append(character)
                rest.removeFirst()
            }
        }
        return output
    }

    private var isRawString: Bool {
        rest.drop { $0 == "#" }.first == "\""
    }

    private func starts(_ text: String) -> Bool { rest.starts(with: text) }

    /// Replaces the next characters by spaces; line feeds stay.
    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count {
            guard let character = rest.popFirst() else { return }
            output.append(character == "\n" ? "\n" : " ")
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && !rest.isEmpty
    }

    private mutating func string() {
        let pounds = String(rest.prefix { $0 == "#" })
        blank(pounds.count)
        let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
        blank(quotes.count)
        while !rest.isEmpty, !starts(quotes + pounds) {
            if starts("\\" + pounds + "(") {
                blank(pounds.count + 2)
                interpolation()
            } else if starts("\\" + pounds) {
                blank(pounds.count + 2)
            } else if quotes.count == 1, rest.first == "\n" {
                return
            } else {
                blank()
            }
        }
        blank(quotes.count + pounds.count)
    }

    private mutating func interpolation() {
        var depth = 1
        while depth > 0, let character = rest.first {
            if character == "\"" || character == "#" && isRawString {
                string()
                continue
            }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            blank()
        }
    }
}
