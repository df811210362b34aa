import Model
import Recovery
import Sealing
import Testing

struct RecoveryKitTests {
    private static let configuration = "version: 1\nstack: web\n# identity: x\n"

    private static let passphrase = "gannet lantern 47 oar"

    private func kit(
        _ keys: KitKeys = KitKeys(),
        isSealed: Bool = false,
        copies: [String] = ["local file:///backup", "far file:///mnt/far"]
    ) throws -> RecoveryKit {
        let passphrase = try Passphrase(line: Array(Self.passphrase.utf8))
        let file = try AgeFile.seal(Array(keys.text.utf8), with: passphrase)
        return RecoveryKit(
            stack: "web",
            environment: "prod",
            host: "h1",
            vault: keys.operatorKey.verifyKey.digest,
            copies: copies,
            keys: isSealed ? .sealed(file) : .open(keys),
            program: "1.2.3",
            wayOut: Hashing.sha256(Array("recover".utf8)),
            made: Instant(seconds: 1_795_000_000),
            configuration: Self.configuration
        )
    }

    private func isEqual(_ one: KitKeys, _ other: KitKeys) -> Bool {
        one.operatorKey.secretBytes == other.operatorKey.secretBytes
            && one.identities.map(\.secretText) == other.identities.map(\.secretText)
    }

    @Test(arguments: [false, true])
    func `a kit is read as it was written`(isSealed: Bool) throws {
        let keys = KitKeys()
        let kit = try kit(keys, isSealed: isSealed)
        let read = try RecoveryKit(parsing: kit.text, source: "kit")
        #expect(read.stack == "web")
        #expect(read.environment == "prod")
        #expect(read.host == "h1")
        #expect(read.vault == kit.vault)
        #expect(read.copies == kit.copies)
        let passphrase = try Passphrase(line: Array(Self.passphrase.utf8))
        let source = isSealed ? PassphraseSource(passphrase) : .none
        #expect(isEqual(try read.openKeys(source), keys))
        #expect(read.isSealed == isSealed)
        #expect(read.program == "1.2.3")
        #expect(read.wayOut == kit.wayOut)
        #expect(read.made == kit.made)
        #expect(read.configuration == Self.configuration)
        #expect(read.text == kit.text)
    }

    @Test
    func `a kit that went through another system's editor is read`() throws {
        let keys = KitKeys()
        let kit = try kit(keys)
        let read = try RecoveryKit(parsing: kit.text.replacing("\n", with: "\r\n"), source: "kit")
        #expect(read.vault == kit.vault)
        #expect(isEqual(try read.openKeys(.none), keys))
        #expect(read.configuration == Self.configuration)
    }

    @Test
    func `any reader of identities finds both in a kit`() throws {
        let keys = KitKeys()
        let kit = try kit(keys)
        let others = kit.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(others.map(String.init) == keys.identities.map(\.secretText))
        let found = try AgeIdentity.all(in: kit.text, source: "kit")
        #expect(found.map(\.secretText) == keys.identities.map(\.secretText))
    }

    @Test(arguments: [
        "# stack: ", "# vault: ", "# operator-key: ", "AGE-SECRET-KEY-1", "# recover.py: ",
    ])
    func `a kit without one of its lines is refused, and nothing of it is repeated`(
        line: String
    ) throws {
        let keys = KitKeys()
        let kit = try kit(keys)
        let text = kit.text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix(line) }.joined(separator: "\n")
        let fault = #expect(throws: Fault.self) { try RecoveryKit(parsing: text, source: "kit") }
        #expect(fault?.code.id == "E-KIT-FORM")
        #expect(fault?.description.contains(keys.dataIdentity.secretText) == false)
        #expect(
            fault?.description.contains(Hexadecimal.encode(keys.operatorKey.secretBytes)) == false
        )
    }

    @Test(arguments: [false, true])
    func `a kit cut at any place is refused or complete`(isSealed: Bool) throws {
        let keys = KitKeys()
        let kit = try kit(keys, isSealed: isSealed)
        let text = kit.text
        for length in stride(from: 0, to: text.utf8.count, by: 7) {
            let part = String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)
            guard let read = try? RecoveryKit(parsing: part, source: "kit") else { continue }
            guard case .open(let whole) = read.keys else {
                #expect(isSealed && read.text.hasPrefix(part.prefix(1_500)))
                continue
            }
            #expect(isEqual(whole, keys))
        }
    }

    @Test
    func `an operator key of another vault is noticed`() throws {
        let (one, other) = (KitKeys(), KitKeys())
        let text = try kit(one).text.replacing(
            Hexadecimal.encode(one.operatorKey.secretBytes),
            with: Hexadecimal.encode(other.operatorKey.secretBytes)
        )
        let fault = #expect(throws: Fault.self) { try RecoveryKit(parsing: text, source: "kit") }
        #expect(fault?.code.id == "E-KIT-FORM")
    }

    @Test
    func `a sealed kit shows nothing of its keys and is told from a wrong passphrase`() throws {
        let keys = KitKeys()
        let kit = try kit(keys, isSealed: true)
        for text in [kit.text, kit.page] {
            for secret in keys.identities.map(\.secretText)
                + [Hexadecimal.encode(keys.operatorKey.secretBytes)]
            {
                #expect(!text.contains(secret) && !text.contains(secret.dropFirst(16).prefix(6)))
            }
        }
        let wrong = PassphraseSource(try Passphrase(line: Array("another one".utf8)))
        let fault = #expect(throws: Fault.self) { try kit.openKeys(wrong) }
        #expect(fault?.code.exit == .wrongKey)
        let nobody = #expect(throws: Fault.self) { try kit.openKeys(.none) }
        #expect(nobody?.code == .passphraseMissing)
    }

    @Test
    func `the keys of another vault under the right passphrase are noticed`() throws {
        let (one, other) = (try kit(isSealed: true), try kit(isSealed: true))
        let text = one.text.replacing("\(one.vault)", with: "\(other.vault)")
        let read = try RecoveryKit(parsing: text, source: "kit")
        let source = PassphraseSource(try Passphrase(line: Array(Self.passphrase.utf8)))
        let fault = #expect(throws: Fault.self) { try read.openKeys(source) }
        #expect(fault?.code == .kitForm)
    }

    @Test(arguments: [false, true])
    func `the printed page is a kit too, whatever stands in it`(isSealed: Bool) throws {
        let keys = KitKeys()
        let nasty = "local file:///mnt/<b>&amp;\"'</pre><script>alert(1)</script>"
        let kit = try kit(keys, isSealed: isSealed, copies: [nasty, "far file:///x"])
        let page = kit.page
        #expect(RecoveryKit.isKit(page))
        let read = try RecoveryKit(parsing: page, source: "page")
        #expect(read.text == kit.text)
        #expect(read.copies == kit.copies)
        #expect(!page.contains("<script") && page.ranges(of: "</pre>").count == 1)
        for outside in ["http:", "https:", "src=", "url(", "@import", "<link"] {
            #expect(!page.contains(outside), "\(outside)")
        }
        for fact in ["\(kit.vault)", "\(kit.wayOut)", "lifeboat 1.2.3", "file:///x"] {
            #expect(page.contains(fact))
        }
        // What a person types from the paper is the key, though it is shown in groups.
        let shown = page.replacing("</span><span>", with: "")
        if !isSealed {
            for identity in keys.identities { #expect(shown.contains(">\(identity.secretText)<")) }
        }
    }
}
