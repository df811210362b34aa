import FileTrees
import Model
import Testing

func path(_ text: String) -> TreePath {
    guard let path = TreePath(text) else { preconditionFailure("a test uses good paths") }
    return path
}

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("*.log", "a.log"), ("*.log", "x/y/a.log"), ("/cache", "cache"), ("a/b", "a/b"),
        ("build/", "build"), ("**/tmp", "tmp"), ("**/tmp", "a/b/tmp"), ("a/**", "a/b/c"),
        ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"), ("[a-c]?", "bz"), ("[!a]x", "bx"), ("[]a]", "]"),
        ("\\*", "*"), ("?", "ы"), ("[а-я]*", "жук"), ("*", ".hidden"), ("a*b*c", "aXbYbZc"),
        ("*/x", "a/x"), ("**", "a/b"), ("[a-]", "-"),
    ])
    func `fits`(pattern: String, text: String) throws {
        #expect(try PathPattern(pattern).matches(path(text), isDirectory: true))
    }

    @Test(arguments: [
        ("*.log", "a.log.gz"), ("/cache", "x/cache"), ("a/b", "x/a/b"), ("a/**", "a"),
        ("a/**/b", "ab"), ("[!a]x", "ax"), ("\\*", "x"), ("?", "ab"), ("a*b", "a/b"),
        ("*/x", "a/b/x"),
        ("tmp", "tmp/x"),
    ])
    func `does not fit`(pattern: String, text: String) throws {
        #expect(try !PathPattern(pattern).matches(path(text), isDirectory: true))
    }

    @Test func `a slash at the end is for folders only`() throws {
        #expect(try !PathPattern("build/").matches(path("build"), isDirectory: false))
    }

    @Test(arguments: ["", "!", "/", "a//b", "[a", "[]", "a\\", "[z-a]"])
    func `what is no pattern is refused`(text: String) {
        let fault = #expect(throws: Fault.self) { try PathPattern(text) }
        #expect(fault?.code == .patternInvalid)
    }

    @Test func `a byte that is no text counts as one character`() throws {
        let odd = try #require(TreePath([0xFF, 0x78]))
        #expect(try PathPattern("?x").matches(odd, isDirectory: false))
        #expect(try !PathPattern("x").matches(odd, isDirectory: false))
    }

    @Test func `a combining mark hides neither ! nor /`() throws {
        let negated = try PathPattern("!\u{301}x")
        #expect(negated.isNegated && negated.matches(path("\u{301}x"), isDirectory: false))
        let deep = try PathPattern("a/\u{301}x")
        #expect(deep.matches(path("a/\u{301}x"), isDirectory: false))
        #expect(!deep.matches(path("y/a/\u{301}x"), isDirectory: false))
        #expect(
            try PathPattern("a/").isForDirectories && !PathPattern("a/\u{301}").isForDirectories
        )
    }

    @Test func `many stars take no time`() throws {
        let pattern = try PathPattern(String(repeating: "*a", count: 60) + "b")
        let text = String(repeating: "a", count: 250)
        #expect(!pattern.matches(path(text), isDirectory: false))
        let deep = try PathPattern(String(repeating: "**/a/", count: 30) + "b")
        let folders = Array(repeating: "a", count: 200).joined(separator: "/")
        #expect(!deep.matches(path(folders), isDirectory: false))
    }

    @Test func `the last rule that fits decides`() throws {
        let rules = try PathRules(excluding: ["*.log", "!keep.log", "keep.log/"])
        #expect(rules.excludes(path("a/b.log"), isDirectory: false))
        #expect(!rules.excludes(path("a/keep.log"), isDirectory: false))
        #expect(rules.excludes(path("a/keep.log"), isDirectory: true))
        #expect(!rules.excludes(path("a/b"), isDirectory: false))
    }
}

@Suite struct TreePathTests {
    @Test(arguments: ["/", "/a", "a/", "a//b", "..", "a/../b", ".", "a/.", "a\u{0}b"])
    func `what could lead out of the tree is no path`(text: String) {
        #expect(TreePath(text) == nil)
    }

    @Test func `paths are ordered name by name`() {
        let sorted = ["", "a", "a/b", "a/b/c", "a/c", "a-b", "a.b", "b"].map(path)
        #expect(sorted.shuffled().sorted() == sorted)
        #expect(path("a/b").isAtOrBelow(path("a")))
        #expect(path("a").isAtOrBelow(.root))
        #expect(!path("ab").isAtOrBelow(path("a")))
        #expect(path("a/b").parent == path("a"))
        #expect(path("a").parent == .root)
    }
}
