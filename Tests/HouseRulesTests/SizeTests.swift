import Testing

@Suite struct SizeTests {
    private static let longestFile = 400
    private static let longestFunction = 60

    @Test func `files and functions stay short`() {
        for file in House.sources + House.tests {
            #expect(file.lines.count - 1 <= Self.longestFile, "\(file)")
            let long = SourceText(file.text).functions(longerThan: Self.longestFunction)
            #expect(long.isEmpty, "\(file)")
        }
    }

    @Test func `a long function is found where it begins`() {
        let body = String(repeating: "    let x = \"}\" // }\n", count: 60)
        let text = "struct A {\nfunc a(\n  b: Int\n) {\n" + body + "}\nfunc c() {}\n}\n"
        let long = SourceText(text).functions(longerThan: 60)
        #expect(long.map(\.line) == [2])
        #expect(long.map(\.length) == [64])
        let initializer = "struct A {\npublic init() {\n" + body + "}\n}\n"
        #expect(SourceText(initializer).functions(longerThan: 60).map(\.line) == [2])
        #expect(SourceText(initializer).functions(longerThan: 62).isEmpty)
    }

    @Test func `a long type of short functions is none`() {
        let functions = (0..<50).map { "func f\($0)() {\nif a { b() }\n}\n" }.joined()
        #expect(SourceText("struct A {\n" + functions + "}").functions(longerThan: 60).isEmpty)
    }

    @Test(arguments: [
        ("a \"{\" b", "a     b"), ("a // {", "a     "),
        ("/* { /* } */ { */x", "                 x"),
        ("#\"a\"{\"# b", "        b"), ("\"\\\"{\" b", "      b"),
        ("\"\\(f(\"{\"))\" b", "            b"),
        ("\"\"\"\n{\n\"\"\" b", "   \n \n    b"), ("'{'", "'{'"),
    ])
    func `strings and comments are no code`(text: String, code: String) {
        #expect(SourceText(text).code.joined(separator: "\n") == code)
    }
}
