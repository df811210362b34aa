/// A pattern for one name: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a character that is meant itself.
///
/// `?` and `[…]` take one character; a byte that is no UTF-8 counts as a character of its own.
struct Glob: Sendable, Hashable {
    enum Token: Sendable, Hashable {
        case character(UInt32)
        case anyCharacter
        case anyText
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    let tokens: [Token]

    /// Reads a pattern; nil when a bracket is not closed, is empty, or a `\` ends it.
    init?(_ text: Substring) {
        var rest = text.unicodeScalars[...]
        var tokens: [Token] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                if tokens.last != .anyText { tokens.append(.anyText) }
            case "?": tokens.append(.anyCharacter)
            case "[":
                guard let token = Self.brackets(&rest) else { return nil }
                tokens.append(token)
            case "\\":
                guard let meant = rest.popFirst() else { return nil }
                tokens.append(.character(meant.value))
            default: tokens.append(.character(scalar.value))
            }
        }
        self.tokens = tokens
    }

    private static func brackets(_ rest: inout Substring.UnicodeScalarView) -> Token? {
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while var low = rest.popFirst() {
            if low == "]", !ranges.isEmpty { return .oneOf(ranges, isNegated: isNegated) }
            if low == "\\" {
                guard let meant = rest.popFirst() else { return nil }
                low = meant
            }
            guard rest.first == "-", let after = rest.dropFirst().first, after != "]" else {
                ranges.append(low.value...low.value)
                continue
            }
            rest.removeFirst(2)
            guard low.value <= after.value else { return nil }
            ranges.append(low.value...after.value)
        }
        return nil
    }

    /// Whether the whole name fits; the time is at most the product of both lengths.
    func matches(_ name: [UInt8]) -> Bool {
        var token = 0
        var position = 0
        // Where to go on when what follows the last `*` did not fit: let it take one more character.
        var retry: (token: Int, position: Int)?
        while position < name.count {
            let (character, next) = Self.character(of: name, at: position)
            if token < tokens.count {
                if tokens[token] == .anyText {
                    token += 1
                    retry = (token, position)
                    continue
                }
                if tokens[token].takes(character) {
                    token += 1
                    position = next
                    continue
                }
            }
            guard let back = retry else { return false }
            let (_, later) = Self.character(of: name, at: back.position)
            retry = (back.token, later)
            (token, position) = (back.token, later)
        }
        return tokens[token...].allSatisfy { $0 == .anyText }
    }

    /// The character at a position and where the next one begins; a stray byte is 0x110000 and more.
    private static func character(of name: [UInt8], at start: Int) -> (UInt32, Int) {
        let first = name[start]
        let length =
            switch first {
            case 0..<0x80: 1
            case 0xC2..<0xE0: 2
            case 0xE0..<0xF0: 3
            case 0xF0..<0xF5: 4
            default: 0
            }
        guard length > 0, start + length <= name.count,
            let text = String(validating: name[start..<start + length], as: UTF8.self),
            let scalar = text.unicodeScalars.first
        else { return (0x11_0000 + UInt32(first), start + 1) }
        return (scalar.value, start + length)
    }
}

extension Glob.Token {
    func takes(_ character: UInt32) -> Bool {
        switch self {
        case .character(let own): own == character
        case .anyCharacter: true
        case .anyText: false
        case .oneOf(let ranges, let isNegated):
            ranges.contains { $0.contains(character) } != isNegated
        }
    }
}
