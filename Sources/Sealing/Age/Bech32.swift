/// Bech32 text (BIP 173) without its 90-character limit, as age writes keys.
enum Bech32 {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// Text of some bytes under a human-readable part, in lower case.
    static func encode(_ bytes: [UInt8], part: String) -> String {
        let words = regroup(bytes, from: 8, to: 5, padding: true) ?? []
        let sum = polymod(expand(part) + words + [0, 0, 0, 0, 0, 0]) ^ 1
        let check = (0..<6).map { UInt8(truncatingIfNeeded: sum >> (5 * (5 - UInt32($0)))) & 31 }
        return part + "1"
            + String(decoding: (words + check).map { alphabet[Int($0)] }, as: UTF8.self)
    }

    /// The bytes of a text whose human-readable part is `part`; nil when it is damaged or another's.
    static func decode(_ text: some StringProtocol, part: String) -> [UInt8]? {
        guard text == text.lowercased() || text == text.uppercased() else { return nil }
        let lower = Array(text.lowercased().utf8)
        let prefix = Array(part.utf8) + [UInt8(ascii: "1")]
        guard lower.count >= prefix.count + 6, lower.starts(with: prefix) else { return nil }
        var words: [UInt8] = []
        for character in lower[prefix.count...] {
            guard let word = alphabet.firstIndex(of: character) else { return nil }
            words.append(UInt8(word))
        }
        guard polymod(expand(part) + words) == 1 else { return nil }
        return regroup(words.dropLast(6), from: 5, to: 8, padding: false)
    }

    private static func expand(_ part: String) -> [UInt8] {
        part.utf8.map { $0 >> 5 } + [0] + part.utf8.map { $0 & 31 }
    }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        return values.reduce(1) { sum, value in
            let top = sum >> 25
            let next = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            return generator.indices.reduce(next) {
                top >> UInt32($1) & 1 == 1 ? $0 ^ generator[$1] : $0
            }
        }
    }

    private static func regroup(
        _ values: some Sequence<UInt8>,
        from: UInt32,
        to: UInt32,
        padding: Bool
    ) -> [UInt8]? {
        var held: UInt32 = 0
        var bits: UInt32 = 0
        var groups: [UInt8] = []
        for value in values {
            held = (held << from | UInt32(value)) & 0xfff
            bits += from
            while bits >= to {
                bits -= to
                groups.append(UInt8(truncatingIfNeeded: held >> bits & ((1 << to) - 1)))
            }
        }
        let rest = UInt8(truncatingIfNeeded: held << (to - bits) & ((1 << to) - 1))
        if padding { return bits > 0 ? groups + [rest] : groups }
        return bits < from && rest == 0 ? groups : nil
    }
}
