import Foundation
import Testing

/// What the documentation says of the tests and of the program.
@Suite struct DocumentationTests {
    private static func page(_ name: String) throws -> String {
        try #require(House.files.first { $0.path == "Docs/\(name).md" }).text
    }

    /// The suites that a text names.
    private static func suites(_ text: String) -> Set<String> {
        Set(
            text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
                .filter { $0.hasSuffix("Tests") && $0 != "Tests" && $0 != "HouseRulesTests" }
        )
    }

    /// The tests that a text names: a suite, a space, and the test in backticks.
    private static func tests(_ text: String) -> [(suite: String, test: String)] {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return zip(parts, parts.dropFirst()).enumerated().compactMap { index, pair in
            guard index % 2 == 0, pair.0.hasSuffix(" "),
                let suite = pair.0.split(whereSeparator: \.isWhitespace).last,
                suite.hasSuffix("Tests")
            else { return nil }
            return (String(suite), pair.1)
        }
    }

    /// The cells of the rows of a page's tables, without the rows' heads.
    private static func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.hasSuffix(" |") }.map {
            $0.dropFirst(2).dropLast(2).split(separator: " | ").map(String.init)
        }
    }

    @Test func `the suites and tests that the documentation names are there`() throws {
        let code = House.tests.map(\.text)
        let all = code.joined()
        for (name, count) in [("scenarios", 100), ("postgresql", 40)] {
            let text = try Self.page(name)
            let suites = Self.suites(text)
            #expect(suites.count > count, "\(name): \(suites.count)")
            for suite in suites { #expect(all.contains("struct \(suite) "), "\(suite)") }
            for (suite, test) in Self.tests(text) {
                let isThere = code.contains {
                    $0.contains("struct \(suite) ") && $0.contains("func `\(test)`")
                }
                #expect(isThere, "\(suite): \(test)")
            }
        }
        let named = Self.tests(
            "yes: ATests `one thing`, `x`, BTests, `y` and CTests `two, or three`"
        )
        #expect(named.map(\.suite) == ["ATests", "CTests"])
        #expect(named.map(\.test) == ["one thing", "two, or three"])
    }

    /// The parts of the soak that a text names, as `Scripts/soak wal` or `Scripts/soak files|wal`.
    private static func soaks(_ text: String) -> Set<String> {
        Set(
            text.components(separatedBy: "Scripts/soak ").dropFirst().flatMap { rest in
                rest.prefix { $0.isLetter || $0.isNumber || $0 == "|" }.split(separator: "|").map(
                    String.init
                )
            }
        )
    }

    @Test func `the parts of the soak that anything names are there`() throws {
        let script = try #require(House.files.first { $0.path == "Scripts/soak" }).text
        let list = try #require(script.components(separatedBy: "every = [").dropFirst().first)
        let parts = Set(
            list.prefix { $0 != "]" }.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        )
        #expect(parts.count > 5)
        var named: Set<String> = []
        for file in House.files where !file.path.hasSuffix("/DocumentationTests.swift") {
            let soaks = Self.soaks(file.text)
            #expect(soaks.isSubset(of: parts), "\(file): \(soaks.subtracting(parts))")
            named.formUnion(soaks)
        }
        #expect(named.isSuperset(of: ["matrix", "kills", "interleavings"]))
        #expect(
            Self.soaks("`Scripts/soak one|s3`, Scripts/soak three") == ["one", "s3", "three"]
        )
    }

    @Test func `every yes names what shows it, and every no its reason`() throws {
        let rows = Self.rows(try Self.page("postgresql")).dropFirst()
        #expect(rows.count > 30)
        for row in rows {
            #expect(row.count == 9, "\(row)")
            let answer = row.last ?? ""
            if answer.hasPrefix("yes") {
                #expect(!Self.suites(answer).isEmpty, "\(row)")
            } else {
                #expect(answer.hasPrefix("no") || answer.hasPrefix("in part"), "\(row)")
                #expect(answer.count > 20, "\(row)")
            }
        }
    }

    /// The ids that a source declares, each with the name of its exit code.
    private static func declarations(_ text: String) -> [(id: String, exit: String)] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.dropFirst().dropLast().compactMap { index in
            let before = parts[index - 1].reversed().drop { $0.isWhitespace }.reversed()
            let after = parts[index + 1].drop { $0 != ")" && !$0.isLetter }
            guard parts[index].hasPrefix("E-") else { return nil }
            if String(before).hasSuffix("= configuration(") {
                return (String(parts[index]), "usage")
            }
            let words = after.prefix { $0 != ")" }.split { !$0.isLetter }
            guard String(before).hasSuffix("= Fault.Code("), words.count == 3, words[1] == "exit"
            else { return nil }
            return (String(parts[index]), String(words[2]))
        }
    }

    /// The exit codes by the names of their cases.
    private static func exits() throws -> [String: String] {
        let source = try #require(House.sources.first { $0.path.hasSuffix("/ExitCode.swift") })
        let cases = source.text.split(separator: "\n").filter { $0.hasPrefix("    case ") }
        return Dictionary(
            uniqueKeysWithValues: cases.map { line in
                let words = line.split { !$0.isLetter && !$0.isNumber }
                return (String(words[1]), String(words[2]))
            }
        )
    }

    @Test func `every error id has a row with its exit code, and every row its id`() throws {
        let exits = try Self.exits()
        var declared: [String: String] = [:]
        for file in House.sources where !file.path.contains("/TestKit/") {
            for (id, exit) in Self.declarations(file.text) {
                #expect(declared[id] == nil, "\(id) is declared twice")
                declared[id] = exits[exit]
            }
            // Whatever looks like a declaration must be one that was understood.
            let count = file.text.components(separatedBy: "static let ").dropFirst().count {
                $0.prefix(80).contains("Fault.Code(") || $0.prefix(80).contains("= configuration(")
            }
            #expect(Self.declarations(file.text).count == count, "\(file)")
        }
        #expect(declared.count > 150)
        var rows: [String: String] = [:]
        for row in Self.rows(try Self.page("errors")) where row[0].hasPrefix("`E-") {
            let id = row[0].trimmingCharacters(in: ["`"])
            #expect(rows[id] == nil, "\(id) has two rows")
            #expect(row.count == 4 && row.allSatisfy { !$0.isEmpty }, "\(row)")
            rows[id] = row[1]
        }
        #expect(rows == declared)
    }
}
