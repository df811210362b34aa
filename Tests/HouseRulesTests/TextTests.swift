import Testing

@Suite struct TextTests {
    /// Files whose TABs or trailing spaces mean something.
    private static func isExempt(_ path: String) -> Bool {
        path.hasSuffix("Makefile")
            || ["/Fixtures/", "/Golden", "/Seeds/"].contains { path.contains($0) }
    }

    /// What is wrong with the white space of a text.
    private static func whitespace(_ text: String, path: String) -> [String] {
        var complaints: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.contains("\t"), !isExempt(path) { complaints.append("TAB in \(index + 1)") }
            if line.last == " " || line.last == "\t" || line.last == "\r" {
                complaints.append("trailing space in \(index + 1)")
            }
        }
        return complaints
    }

    /// Marks of the places where this was written, put together so that this file holds none.
    private static let places: [String] = [
        ["/wo", "rk/"], ["/tmp/w", "t/"], ["/tmp/br", "ief"], ["/root/", "."], ["art", "ifactory"],
        ["jf", "rog"], ["trusted", "-host"], ["index", "-url"], ["pack", "age-proxy"],
    ].map { $0.joined() }

    private static func places(in text: String) -> [String] {
        let lower = text.lowercased()
        return places.filter { lower.contains($0) }
    }

    /// The number of first-level headings of a Markdown text; those in code blocks do not count.
    private static func headings(_ text: String) -> Int {
        var isCode = false
        return text.split(separator: "\n").reduce(0) { count, line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && line.hasPrefix("# ") ? count + 1 : count
        }
    }

    /// The ways in which a test can be kept from running.
    private static let skips = [".disa", ".enab", "withKnown"].enumerated().map { index, head in
        head + ["bled(", "led(if:", "Issue"][index]
    }

    private static func skips(in text: String) -> [String] {
        SourceText(text).code.flatMap { line in skips.filter { line.contains($0) } }
    }

    @Test func `no test is skipped`() {
        #expect(House.tests.count > 5)
        for file in House.tests {
            #expect(Self.skips(in: file.text).isEmpty, "\(file)")
        }
        #expect(Self.skips(in: "@Test(" + ".disa" + "bled())").count == 1)
        #expect(Self.skips(in: "@Test(" + ".enab" + "led(if: x))").count == 1)
        #expect(Self.skips(in: "withKnown" + "Issue { }").count == 1)
    }

    @Test func `white space is plain`() {
        for file in House.files {
            #expect(Self.whitespace(file.text, path: file.path).isEmpty, "\(file)")
        }
        #expect(Self.whitespace("a\tb\nc \nd\r", path: "x").count == 3)
        #expect(Self.whitespace("all:\n\tx\n", path: "Makefile").isEmpty)
    }

    @Test func `no file names the place where it was written`() {
        #expect(House.files.contains { $0.path == "Package.swift" })
        for file in House.files {
            #expect(Self.places(in: file.text).isEmpty, "\(file)")
        }
        #expect(Self.places(in: "cd " + "/wo" + "rk/main").count == 1)
        #expect(Self.places(in: "https://ART" + "IFACTORY.example.com").count == 1)
    }

    @Test func `Markdown files have one first-level heading`() {
        for file in House.files where file.path.hasSuffix(".md") {
            #expect(Self.headings(file.text) == 1, "\(file)")
        }
        #expect(Self.headings("# a\n# b\n") == 2)
        #expect(Self.headings("## a\n") == 0)
        #expect(Self.headings("# a\n```\n# b\n```\n") == 1)
    }
}
