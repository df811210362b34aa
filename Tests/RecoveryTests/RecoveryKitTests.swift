import Model
import Recovery
import Sealing
import Testing

struct RecoveryKitTests {
    private static let configuration = "version: 1\nstack: web\n# identity: x\n"

    private func kit() throws -> RecoveryKit {
        let key = SigningKey()
        return RecoveryKit(
            stack: "web",
            environment: "prod",
            host: "h1",
            vault: key.verifyKey.digest,
            copies: ["local file:///backup", "far file:///mnt/far"],
            operatorKey: key,
            dataIdentity: AgeIdentity(),
            secretsIdentity: AgeIdentity(),
            program: "1.2.3",
            wayOut: Hashing.sha256(Array("recover".utf8)),
            made: Instant(seconds: 1_795_000_000),
            configuration: Self.configuration
        )
    }

    @Test
    func `a kit is read as it was written`() throws {
        let kit = try kit()
        let read = try RecoveryKit(parsing: kit.text, source: "kit")
        #expect(read.stack == "web")
        #expect(read.environment == "prod")
        #expect(read.host == "h1")
        #expect(read.vault == kit.vault)
        #expect(read.copies == kit.copies)
        #expect(read.operatorKey.secretBytes == kit.operatorKey.secretBytes)
        #expect(read.dataIdentity.secretText == kit.dataIdentity.secretText)
        #expect(read.secretsIdentity.secretText == kit.secretsIdentity.secretText)
        #expect(read.program == "1.2.3")
        #expect(read.wayOut == kit.wayOut)
        #expect(read.made == kit.made)
        #expect(read.configuration == Self.configuration)
        #expect(read.text == kit.text)
    }

    @Test
    func `a kit that went through another system's editor is read`() throws {
        let kit = try kit()
        let read = try RecoveryKit(parsing: kit.text.replacing("\n", with: "\r\n"), source: "kit")
        #expect(read.vault == kit.vault)
        #expect(read.dataIdentity.secretText == kit.dataIdentity.secretText)
        #expect(read.configuration == Self.configuration)
    }

    @Test
    func `any reader of identities finds both in a kit`() throws {
        let kit = try kit()
        let found = try AgeIdentity.all(in: kit.text, source: "kit")
        #expect(found.map(\.secretText) == kit.identities.map(\.secretText))
    }

    @Test(arguments: ["stack: ", "vault: ", "operator-key: ", "# Data identity", "recover.py: "])
    func `a kit without one of its lines is refused, and nothing of it is repeated`(
        line: String
    ) throws {
        let kit = try kit()
        let text = kit.text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix(line) }.joined(separator: "\n")
        let fault = #expect(throws: Fault.self) { try RecoveryKit(parsing: text, source: "kit") }
        #expect(fault?.code.id == "E-KIT-FORM")
        #expect(fault?.description.contains(kit.dataIdentity.secretText) == false)
        #expect(
            fault?.description.contains(Hexadecimal.encode(kit.operatorKey.secretBytes)) == false
        )
    }

    @Test
    func `a kit cut at any place is refused or complete`() throws {
        let kit = try kit()
        let text = kit.text
        for length in stride(from: 0, to: text.utf8.count, by: 7) {
            let part = String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)
            guard let read = try? RecoveryKit(parsing: part, source: "kit") else { continue }
            #expect(read.secretsIdentity.secretText == kit.secretsIdentity.secretText)
        }
    }

    @Test
    func `an operator key of another vault is noticed`() throws {
        let (one, other) = (try kit(), try kit())
        let text = one.text.replacing(
            Hexadecimal.encode(one.operatorKey.secretBytes),
            with: Hexadecimal.encode(other.operatorKey.secretBytes)
        )
        let fault = #expect(throws: Fault.self) { try RecoveryKit(parsing: text, source: "kit") }
        #expect(fault?.code.id == "E-KIT-FORM")
    }
}
