import Model
import Sealing
import TestKit
import Testing

/// Files that a passphrase opens, against the `age` of the system.
@Suite struct PassphraseTests {
    private static let words = "gannet lantern 47 überfall oar"

    private func passphrase(_ text: String = words) throws -> Passphrase {
        try Passphrase(line: Array(text.utf8))
    }

    private func fault(_ body: () throws -> Void) -> Fault? {
        #expect(throws: Fault.self) { try body() }
    }

    /// A sealed file with its header's text changed.
    private func changed(_ sealed: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        guard let place = sealed.firstRange(of: old) else {
            Issue.record("there is nothing to change")
            return sealed
        }
        return Array(sealed[..<place.lowerBound]) + new + sealed[place.upperBound...]
    }

    @Test(arguments: [0, 1, 65_536, 70_000])
    func `age opens what we seal with a passphrase, and no other passphrase does`(
        size: Int
    ) async throws {
        let age = try ExternalAge()
        var random = SeededGenerator(seed: UInt64(size))
        let plain = random.bytes(size)
        let sealed = try AgeFile.seal(plain, with: passphrase())
        #expect(try await age.open(sealed, passphrase: Self.words) == plain)
        #expect(try await age.open(sealed, passphrase: Self.words + "s") == nil)
        #expect(try AgeFile.open(sealed, with: passphrase()) == plain)
        let armoured = Array(AgeArmor.encode(sealed).utf8)
        #expect(try await age.open(armoured, passphrase: Self.words) == plain)
    }

    @Test(arguments: [0, 1, 65_536, 70_000])
    func `we open what age seals with a passphrase, armoured too`(size: Int) async throws {
        let age = try ExternalAge()
        var random = SeededGenerator(seed: UInt64(size))
        let plain = random.bytes(size)
        let sealed = try await age.seal(plain, passphrase: Self.words)
        #expect(AgeFile.isAgeFile(sealed))
        #expect(try AgeFile.open(sealed, with: passphrase()) == plain)
        let text = try await age.seal(plain, passphrase: Self.words, isArmoured: true)
        let found = try AgeArmor.find(in: String(decoding: text, as: UTF8.self))
        #expect(try AgeFile.open(try #require(found), with: passphrase()) == plain)
    }

    @Test func `another passphrase is told that it does not fit`() throws {
        let sealed = try AgeFile.seal([1, 2, 3], with: passphrase())
        for other in ["gannet lantern 47 überfall oa", "Gannet lantern 47 überfall oar", " "] {
            let fault = fault { _ = try AgeFile.open(sealed, with: passphrase(other)) }
            #expect(fault?.code == .wrongKey)
            #expect(fault?.code.exit == .wrongKey)
            #expect(fault?.description.contains(other) == (other == " "))
        }
        let identity = AgeIdentity()
        #expect(fault { _ = try AgeFile.open(sealed, with: [identity]) }?.code == .wrongKey)
        let other = try AgeFile.seal([1], to: [identity.recipient])
        #expect(fault { _ = try AgeFile.open(other, with: passphrase()) }?.code == .wrongKey)
    }

    @Test(arguments: ["21", "22", "30", "63"])
    func `a file that asks for too much memory is refused before any is taken`(
        factor: String
    ) throws {
        let sealed = try AgeFile.seal([1], with: passphrase())
        let greedy = changed(sealed, " 17\n", " \(factor)\n")
        let fault = fault { _ = try AgeFile.open(greedy, with: passphrase()) }
        #expect(fault?.code == .keyWork)
        #expect(fault?.hints.first?.contains("age -p") == true)
    }

    @Test(arguments: ["0", "-1", "017", "+17", "64", "99999999999999999999", "x", "17 1", ""])
    func `a work factor that age would not write is damage`(factor: String) throws {
        let sealed = try AgeFile.seal([1], with: passphrase())
        let strange = changed(sealed, " 17\n", " \(factor)\n")
        #expect(fault { _ = try AgeFile.open(strange, with: passphrase()) }?.code == .sealBroken)
    }

    @Test func `a passphrase stanza beside another is refused`() throws {
        let sealed = try AgeFile.seal([1], with: passphrase())
        let other = try AgeFile.seal([1], to: [AgeIdentity().recipient])
        let lines = String(decoding: other.prefix(150), as: UTF8.self)
            .split(separator: "\n")
        let stanza = "\(lines[1])\n\(lines[2])\n"
        let both = changed(sealed, "-> scrypt", stanza + "-> scrypt")
        #expect(fault { _ = try AgeFile.open(both, with: passphrase()) }?.code == .sealBroken)
        let tail = changed(sealed, "\n---", "\n" + stanza + "---")
        #expect(fault { _ = try AgeFile.open(tail, with: passphrase()) }?.code == .sealBroken)
    }

    @Test func `a sealed file with a byte changed is refused`() throws {
        let words = try passphrase()
        let sealed = try AgeFile.seal([1, 2, 3], with: words)
        for index in stride(from: 0, to: sealed.count, by: 9) {
            var broken = sealed
            broken[index] ^= 1
            let fault = fault { _ = try AgeFile.open(broken, with: words) }
            let code = fault?.code
            #expect([.sealBroken, .wrongKey, .keyWork].contains(code), "byte \(index)")
        }
    }

    @Test func `armour is found in a text and every change of it noticed`() throws {
        var random = SeededGenerator(seed: 5)
        for size in [1, 47, 48, 49, 96, 200] {
            let bytes = random.bytes(size)
            let text = AgeArmor.encode(bytes)
            #expect(try AgeArmor.find(in: text) == bytes)
            let kit = "# kit\n  " + text.replacing("\n", with: " \r\n\t") + "# more\n"
            #expect(try AgeArmor.find(in: kit) == bytes)
            let first = text.split(separator: "\n")[1]
            for wrong in [
                text.replacing(first, with: first + "A"), text.replacing(first, with: ""),
                text.replacing(first, with: first.dropLast() + "\n"),
                text.replacing("-----END", with: "----END"),
                text.replacing(first, with: "\(first)="),
            ] {
                #expect(throws: Fault.self, "\(wrong)") { try AgeArmor.find(in: wrong) }
            }
        }
        #expect(try AgeArmor.find(in: "nothing\n") == nil)
    }

    @Test func `a passphrase is one line that is not empty`() throws {
        let plain = try passphrase("two words")
        for end in ["\n", "\r\n"] { #expect(try passphrase("two words" + end) == plain) }
        for text in ["", "\n", "\r\n", "a\nb\n", "a\u{0}b"] {
            #expect(fault { _ = try passphrase(text) }?.code == .invalidKey)
        }
        #expect(fault { try passphrase("short").checkLength() }?.code == .invalidKey)
        try passphrase("long enough!").checkLength()
    }
}
