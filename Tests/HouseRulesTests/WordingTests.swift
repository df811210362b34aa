import Testing

@Suite struct WordingTests {
    @Test func `sources hold none of the banned words and calls`() {
        for file in House.sources {
            let complaints = Wording.complaints(path: file.path, text: file.text)
            #expect(complaints.isEmpty, "\(file)")
        }
    }

    @Test(arguments: [
        "// TODO later", "// FIXME", "/* XXX */", "// a stub", "/// A Placeholder.", "// For now.",
        "let x = try! f()", "let y = x as! Int", "Task { await f() }", "Task.detached { f() }",
        "let s = DispatchSemaphore(value: 0)", "sleep(1)", "usleep(1)", "Thread.sleep(1)",
        "let now = Date()", "final class A: @unchecked Sendable {}", "fatalError(\"x\")",
        "public static var shared = A()", "enum PathUtils {}", "struct CommonThings {}",
        "extension FileHelpers {}", "final class Managers {}",
    ])
    func `a banned word is found`(text: String) {
        #expect(!Wording.complaints(path: "Sources/A/B.swift", text: text).isEmpty)
    }

    @Test(arguments: [
        "try await Task.sleep(for: .seconds(1))", "try await clock.sleep(until: t)",
        "let stubborn = 1", "let text = \"try! sleep( fatalError\"",
        "// Guarded by the lock below.\nfinal class A: @unchecked Sendable {}",
        "let update = Update()",
        "withTaskGroup { }", "// nothing in common", "let x = base! as Int",
    ])
    func `a harmless line is let through`(text: String) {
        #expect(Wording.complaints(path: "Sources/A/B.swift", text: text).isEmpty)
    }

    @Test func `a file of odds and ends is found by its name`() {
        #expect(!Wording.complaints(path: "Sources/A/StringUtils.swift", text: "").isEmpty)
    }
}
