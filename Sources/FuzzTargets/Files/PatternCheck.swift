import FileTrees
import Model
import SystemIO

/// What must hold of patterns and paths, whatever is in them.
///
/// The input is lines: patterns, an empty line, then paths, those of folders with `/` at the end. What git makes of
/// patterns is what `GitIgnoreTests` asks git itself.
enum PatternCheck {
    static func check(_ input: [UInt8]) throws(CheckFailure) {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        let end = lines.firstIndex { $0.isEmpty } ?? lines.endIndex
        let patterns = lines[..<end].prefix(64).compactMap { line in
            String(validating: line, as: UTF8.self).flatMap { pattern($0) }
        }
        let rules = PathRules(patterns)
        for line in lines[end...].prefix(64) {
            let isDirectory = line.last == 0x2F
            let bytes = Array(isDirectory ? line.dropLast() : line)
            guard let path = TreePath(bytes), !path.bytes.isEmpty else { continue }
            try checkOwn(path)
            for pattern in patterns { try check(pattern, path) }
            let last = patterns.last { $0.matches(path, isDirectory: isDirectory) }
            let isLeftOut = last.map { !$0.isNegated } ?? false
            try require(
                rules.excludes(path, isDirectory: isDirectory) == isLeftOut,
                "the last pattern that fits '\(path)' does not decide"
            )
        }
    }

    /// What `!` and `/` add to a pattern.
    private static func check(_ pattern: PathPattern, _ path: TreePath) throws(CheckFailure) {
        let text = pattern.text
        let (file, folder) = (
            pattern.matches(path, isDirectory: false), pattern.matches(path, isDirectory: true)
        )
        try require(
            pattern.isForDirectories ? !file : file == folder,
            "'\(text)' takes '\(path)' for what it is not"
        )
        if !pattern.isNegated, let negated = Self.pattern("!" + text) {
            try require(
                negated.isNegated && negated.matches(path, isDirectory: true) == folder,
                "'!' changes what '\(text)' fits: '\(path)'"
            )
        }
        if !pattern.isForDirectories, let folders = Self.pattern(text + "/") {
            try require(
                folders.matches(path, isDirectory: true) == folder
                    && !folders.matches(path, isDirectory: false),
                "'/' changes what '\(text)' fits: '\(path)'"
            )
        }
    }

    /// A path, each character meant itself, is a pattern that fits it alone, and its last name one that fits it anywhere.
    private static func checkOwn(_ path: TreePath) throws(CheckFailure) {
        guard let text = String(validating: path.bytes, as: UTF8.self),
            let name = path.lastName.flatMap({ String(validating: $0.bytes, as: UTF8.self) })
        else { return }
        for own in ["/" + escaped(text), escaped(name), "**/" + escaped(name), "**", "/**/*"] {
            try require(
                pattern(own)?.matches(path, isDirectory: false) == true,
                "'\(own)' does not fit '\(path)'"
            )
        }
        for other in ["/" + escaped(text) + "/*", "/" + escaped(text) + "x", "/x" + escaped(text)] {
            try require(
                pattern(other)?.matches(path, isDirectory: true) == false,
                "'\(other)' fits '\(path)'"
            )
        }
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar != "/" { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    private static func pattern(_ text: String) -> PathPattern? {
        Outcome { () throws(Fault) in try PathPattern(text) }.value
    }
}
