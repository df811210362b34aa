import Model
import Sealing
import TestKit
import Testing

@Suite struct AgeTests {
    static let sizes = [0, 1, 65_535, 65_536, 65_537, 204_800]

    @Test(arguments: sizes) func `age opens what we seal, with each identity alone`(
        size: Int
    ) async throws {
        let age = try ExternalAge()
        var random = SeededGenerator(seed: UInt64(size))
        let plain = random.bytes(size)
        for count in 1...3 {
            let identities = (0..<count).map { _ in AgeIdentity() }
            let sealed = try AgeFile.seal(plain, to: identities.map(\.recipient))
            for identity in identities {
                #expect(try await age.open(sealed, with: identity.secretText) == plain)
                #expect(try AgeFile.open(sealed, with: [identity]) == plain)
            }
        }
    }

    @Test(arguments: sizes) func `we open what age seals, with each identity alone`(
        size: Int
    ) async throws {
        let age = try ExternalAge()
        var random = SeededGenerator(seed: UInt64(size))
        let plain = random.bytes(size)
        for count in 1...3 {
            let identities = (0..<count).map { _ in AgeIdentity() }
            let sealed = try await age.seal(plain, to: identities.map(\.recipient.text))
            for identity in identities {
                #expect(try AgeFile.open(sealed, with: [AgeIdentity(), identity]) == plain)
            }
        }
    }

    @Test func `keys have the texts that age gives them`() async throws {
        let age = try ExternalAge()
        let theirs = try await age.newIdentity()
        let identity = try AgeIdentity(secretText: theirs)
        #expect(identity.secretText == theirs)
        #expect(try await age.recipient(of: theirs) == identity.recipient.text)
        let ours = AgeIdentity()
        #expect(try await age.recipient(of: ours.secretText) == ours.recipient.text)
        #expect(try AgeRecipient(ours.recipient.text.uppercased()) == ours.recipient)
    }

    @Test func `every typing error in a key is noticed`() throws {
        let identity = AgeIdentity()
        for (index, _) in identity.secretText.enumerated() {
            var text = Array(identity.secretText)
            text[index] = text[index] == "Q" ? "P" : "Q"
            #expect(throws: Fault.self) { try AgeIdentity(secretText: String(text)) }
            text.remove(at: index)
            #expect(throws: Fault.self) { try AgeIdentity(secretText: String(text)) }
        }
        for text in ["", "age1", "age1é", String(identity.recipient.text.dropLast()), "AGE1qqqq"] {
            let fault = #expect(throws: Fault.self) { try AgeRecipient(text) }
            #expect(fault?.code == .invalidKey)
        }
        #expect(throws: Fault.self) { try AgeRecipient(identity.secretText) }
        #expect(throws: Fault.self) { try AgeIdentity(secretText: identity.recipient.text) }
    }

    @Test func `identities are found in the prose of a kit`() throws {
        let (one, two) = (AgeIdentity(), AgeIdentity())
        let text = "Recovery kit\r\n  \(one.secretText) first\n# no\n\(two.secretText)\n"
        let found = try AgeIdentity.all(in: text, source: "kit.txt")
        #expect(found.map(\.secretText) == [one.secretText, two.secretText])
        #expect(throws: Fault.self) { try AgeIdentity.all(in: "AGE-SECRET", source: "kit.txt") }
        #expect(throws: Fault.self) {
            try AgeIdentity.all(in: "AGE-SECRET-KEY-1QQQ\n", source: "kit.txt")
        }
    }

    @Test func `another identity is told that it does not fit`() throws {
        let sealed = try AgeFile.seal([1, 2, 3], to: [AgeIdentity().recipient])
        for identities in [[], [AgeIdentity()], [AgeIdentity(), AgeIdentity()]] {
            let fault = #expect(throws: Fault.self) {
                try AgeFile.open(sealed, with: identities)
            }
            #expect(fault?.code == .wrongKey)
        }
        let fault = #expect(throws: Fault.self) { try AgeFile.seal([1], to: []) }
        #expect(fault?.code == .invalidKey)
    }

    @Test func `an envelope with any bit flipped is refused`() throws {
        let identity = AgeIdentity()
        let recipients = [identity.recipient, AgeIdentity().recipient]
        let sealed = try AgeFile.seal([UInt8](repeating: 7, count: 32), to: recipients)
        for index in sealed.indices {
            for bit in 0..<8 {
                var broken = sealed
                broken[index] ^= 1 << bit
                let fault = #expect(throws: Fault.self, "byte \(index), bit \(bit)") {
                    try AgeFile.open(broken, with: [identity])
                }
                #expect(fault?.code == .sealBroken || fault?.code == .wrongKey)
            }
        }
    }

    @Test func `an envelope of any other length is refused`() throws {
        let identity = AgeIdentity()
        for size in [0, 32, 65_536] {
            let plain = [UInt8](repeating: 7, count: size)
            let sealed = try AgeFile.seal(plain, to: [identity.recipient])
            let lengths =
                Array(0..<300) + [sealed.count - 65_552, sealed.count - 17, sealed.count - 1]
            for length in lengths where length >= 0 && length < sealed.count {
                #expect(throws: Fault.self, "\(length)") {
                    try AgeFile.open(Array(sealed.prefix(length)), with: [identity])
                }
            }
            for tail in [1, 16, 17] {
                #expect(throws: Fault.self) {
                    try AgeFile.open(sealed + [UInt8](repeating: 0, count: tail), with: [identity])
                }
            }
        }
    }

    @Test func `garbage is no envelope`() {
        var random = SeededGenerator(seed: 3)
        let intro = Array("age-encryption.org/v1\n".utf8)
        for size in [0, 1, 22, 100, 70_000] {
            for garbage in [
                random.bytes(size), intro + random.bytes(size), intro + random.text(size),
            ] {
                let fault = #expect(throws: Fault.self) {
                    try AgeFile.open(garbage, with: [AgeIdentity()])
                }
                #expect(fault?.code == .sealBroken)
            }
        }
        let stanzas = String(repeating: "-> X25519 AAAA\nAAAA\n", count: 1000)
        for text in [
            "--- \n", "--- AAAA\n", "-> \n---\n", "-> X25519\n\n--- AA\n", stanzas + "--- AA\n",
        ] {
            #expect(throws: Fault.self) {
                try AgeFile.open(intro + Array(text.utf8), with: [AgeIdentity()])
            }
        }
    }
}
