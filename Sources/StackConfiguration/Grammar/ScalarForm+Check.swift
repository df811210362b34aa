import Model

extension ScalarForm {
    /// What is wrong with a value.
    struct Complaint: Equatable {
        var fact: String
        var hints: [String] = []
        var isSecret = false
    }

    /// What is wrong with a value; nil when nothing is.
    func complaint(about text: String) -> Complaint? {
        guard !Self.hasControl(text) else {
            return Complaint(fact: "there is a control character in it")
        }
        switch self {
        case .version:
            return text == "1"
                ? nil : Complaint(fact: "this version of Lifeboat reads version 1 of the grammar")
        case .label: return StreamName.isLabel(text) ? nil : Self.noLabel
        case .path: return Self.complaint(aboutPath: text)
        case .text: return text.isEmpty ? Complaint(fact: "it is empty") : nil
        case .choice(let words): return Self.complaint(about: text, choices: words)
        case .duration: return Self.duration(text) == nil ? Self.noDuration : nil
        case .count: return Self.count(text) == nil ? Self.noCount(upTo: 1_000_000) : nil
        case .upTo(let most):
            return Self.count(text).map { $0 <= most } == true ? nil : Self.noCount(upTo: most)
        case .rate: return Self.rate(text) == nil ? Self.noRate : nil
        case .size: return Self.size(text) == nil ? Self.noSize : nil
        case .boolean:
            return ["true", "false"].contains(text)
                ? nil : Complaint(fact: "it is neither true nor false")
        case .recipient: return Self.complaint(aboutRecipient: text)
        case .dsn: return Self.complaint(aboutDSN: text)
        case .redisAddress: return Self.complaint(aboutRedis: text)
        case .copyURL: return Self.complaint(aboutCopy: text)
        case .endpoint: return Self.complaint(aboutEndpoint: text)
        case .project: return Self.isProject(text) ? nil : Self.noProject
        case .engine: return Self.isEngine(text) ? nil : Self.noEngine
        case .unit: return Self.isUnit(text) ? nil : Self.noUnit
        case .gitRemote: return Self.complaint(aboutRemote: text)
        case .word: return Self.isWord(text) ? nil : Self.noWord
        case .slot: return Self.isSlot(text) ? nil : Self.noSlot
        case .environmentName: return Self.isVariable(text) ? nil : Self.noVariable
        case .credentialName:
            return text.isEmpty || text.contains("/") || text.hasPrefix(".")
                ? Self.noCredential : nil
        }
    }

    /// Whether a text holds what no value may hold.
    static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }

    /// Reads a duration above zero; nil when it is anything else.
    static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let number = Int64(Substring(digits)), number > 0
        else { return nil }
        return switch text.dropFirst(digits.count) {
        case "ms": .milliseconds(number)
        case "s": .seconds(number)
        case "m": .seconds(number * 60)
        case "h": .seconds(number * 3600)
        case "d": .seconds(number * 86_400)
        default: nil
        }
    }

    /// Reads a count from 1 to 1,000,000; nil when it is anything else.
    static func count(_ text: String) -> Int? {
        guard text.utf8.count <= 7, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text), (1...1_000_000).contains(number)
        else { return nil }
        return number
    }

    /// Reads an amount of bytes above zero; nil when it is anything else.
    static func size(_ text: String) -> ByteCount? { rate("\(text)/s") }

    /// Reads bytes a second; nil when it is anything else.
    static func rate(_ text: String) -> ByteCount? {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let number = Int64(Substring(digits)), number > 0
        else { return nil }
        return switch text.dropFirst(digits.count) {
        case "KiB/s": ByteCount(number << 10)
        case "MiB/s": ByteCount(number << 20)
        case "GiB/s": ByteCount(number << 30)
        case "KB/s": ByteCount(number * 1_000)
        case "MB/s": ByteCount(number * 1_000_000)
        case "GB/s": ByteCount(number * 1_000_000_000)
        case "B/s": ByteCount(number)
        default: nil
        }
    }

    /// Whether a text can name an environment variable.
    static func isVariable(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
        }
    }

    private static func isWord(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "-_".utf8.contains($0)
            }
    }

    private static func isSlot(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0) || $0 == 95
            }
    }

    private static func complaint(aboutPath text: String) -> Complaint? {
        // Bytes, not characters: a `/` that a combining mark follows stays a `/`.
        guard text.utf8.first == UInt8(ascii: "/") else {
            return Complaint(
                fact: "it is not an absolute path",
                hints: ["Start the path with '/'."]
            )
        }
        let names = text.utf8.split(separator: UInt8(ascii: "/"))
        guard !names.contains(where: { $0.elementsEqual("..".utf8) }) else {
            return Complaint(fact: "there is a '..' in it", hints: ["Write the path it leads to."])
        }
        return nil
    }

    private static func complaint(about text: String, choices: [String]) -> Complaint? {
        guard !choices.contains(text) else { return nil }
        let nearest = NearestName.suggestion(for: text, among: choices)
        return Complaint(
            fact: "it is none of \(choices.joined(separator: ", "))",
            hints: nearest.map { ["Did you mean '\($0)'?"] } ?? []
        )
    }

    private static let noLabel = Complaint(
        fact: "it is not a label",
        hints: ["Use 1 to 63 of a-z, 0-9, '-' and '_', the first a letter or a digit."]
    )
    private static let noDuration = Complaint(
        fact: "it is not a duration",
        hints: ["Write a whole number above zero with a unit, such as 250ms, 10s, 5m, 1h or 7d."]
    )
    private static func noCount(upTo most: Int) -> Complaint {
        Complaint(
            fact: "it is not a count",
            hints: ["Write a whole number from 1 to \(most)."]
        )
    }
    private static let noRate = Complaint(
        fact: "it is not a rate",
        hints: ["Write a whole number above zero with a unit, such as 500KiB/s or 40MiB/s."]
    )
    private static let noSize = Complaint(
        fact: "it is not an amount of bytes",
        hints: ["Write a whole number above zero with a unit, such as 500MiB or 4GiB."]
    )
    private static let noWord = Complaint(
        fact: "it is not one word",
        hints: ["Use 1 to 63 letters, digits, '-' and '_'."]
    )
    private static let noSlot = Complaint(
        fact: "it is not the name of a replication slot",
        hints: ["Use 1 to 63 of a-z, 0-9 and '_'."]
    )
    private static let noVariable = Complaint(
        fact: "it is not the name of an environment variable",
        hints: ["Use A-Z, a-z, 0-9 and '_', the first not a digit."]
    )
    private static let noCredential = Complaint(
        fact: "it is not the name of a systemd credential",
        hints: ["Name a file in $CREDENTIALS_DIRECTORY, without a path."]
    )
}
