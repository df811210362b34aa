import Model
import Sealing
import Testing

@Suite struct KeyTests {
    private static let secret = (0..<32).map { UInt8($0) }
    private static let vault = Hashing.sha256(Array("vault".utf8))

    @Test(arguments: [
        (
            HostSecret.Purpose.page,
            "4da3e033207fe89f8ff560c0beafd32b2289316a6f4a2517d5b0132fce3dd264"
        ), (.chunk, "a919f36ceb772f038cbfc0bf483257616d0c8783424b6ff2ed87db0faddbc9e0"),
        (.manifest, "02e676e50fa1bfb49f32b9b26a847c55d5bd0b9bd1cf8498c05a329c40d158ae"),
        (.gear, "17e519269c5dce840dff05bdb8ddc0ae845620aaaa2e131ffae90d933a6f9ef1"),
        (.log, "93bab9c2697cd48092164e7c4ca5842dcd7b4db69bfc8ecb81992d660d0e904b"),
        (.secret, "7f012a075aefcda348bd06d56e04ccfcd7009084c2bd86a8ce78c6583e6b5324"),
    ])
    func `derived keys are those of an independent HKDF`(
        purpose: HostSecret.Purpose,
        key: String
    ) throws {
        let hasher = try HostSecret(bytes: Self.secret).hasher(for: purpose, vault: Self.vault)
        #expect(Hexadecimal.encode(hasher.keyBytes) == key)
    }

    @Test func `ids are the first half of the tag`() throws {
        let hasher = try HostSecret(bytes: Self.secret).hasher(for: .page, vault: Self.vault)
        let content = Array("content".utf8)
        let id = content.withUnsafeBytes { hasher.id(of: $0) }
        #expect(
            Hexadecimal.encode(hasher.tag(of: content))
                == "6e2837f67db4f2cdc3058e7db05255f5f3b8147cfb8a23c1fa95c29b21444889"
        )
        #expect(id == ContentID(high: 0x6e2837f67db4f2cd, low: 0xc3058e7db05255f5))
    }

    @Test func `a secret has 32 bytes`() throws {
        #expect(try HostSecret(bytes: Self.secret).bytes == Self.secret)
        #expect(HostSecret().bytes != HostSecret().bytes)
        for count in [0, 31, 33] {
            let bytes = [UInt8](repeating: 1, count: count)
            let fault = #expect(throws: Fault.self) { try HostSecret(bytes: bytes) }
            #expect(fault?.code == .invalidKey)
            #expect(throws: Fault.self) { try SigningKey(secretBytes: bytes) }
        }
    }

    @Test func `signatures are those of RFC 8032`() throws {
        // Section 7.1, test 2.
        let key = try SigningKey(
            secretBytes: #require(
                Hexadecimal.decode(
                    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
                )
            )
        )
        #expect(
            key.verifyKey.description
                == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        )
        let signature = try #require(
            Hexadecimal.decode(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            )
        )
        #expect(key.verifyKey.verifies(signature, of: [0x72]))
        #expect(key.verifyKey.verifies(key.sign([0x72]), of: [0x72]))
    }

    @Test func `a signature holds for one message and one key`() throws {
        let key = SigningKey()
        let message = Array("message".utf8)
        let signature = key.sign(message)
        let hexadecimal = key.verifyKey.description
        #expect(try #require(VerifyKey(hexadecimal: hexadecimal)).verifies(signature, of: message))
        #expect(!SigningKey().verifyKey.verifies(signature, of: message))
        #expect(!key.verifyKey.verifies(signature, of: message + [0]))
        #expect(!key.verifyKey.verifies(signature + [0], of: message))
        #expect(!key.verifyKey.verifies(signature.dropLast(), of: message))
        for index in signature.indices {
            for bit in 0..<8 {
                var broken = signature
                broken[index] ^= 1 << bit
                #expect(!key.verifyKey.verifies(broken, of: message))
            }
        }
        for text in ["", "00", hexadecimal.uppercased(), hexadecimal + "00"]
        where text != hexadecimal {
            #expect(VerifyKey(hexadecimal: text) == nil)
        }
    }

    @Test func `a digest is the same however its bytes come`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        for step in [1, 7, 64, 999, 1000] {
            var stream = DigestStream()
            for start in stride(from: 0, to: bytes.count, by: step) {
                stream.update(bytes[start..<min(start + step, bytes.count)])
            }
            #expect(stream.finish() == Hashing.sha256(bytes))
        }
        var stream = DigestStream()
        stream.update(ContentID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10))
        #expect(stream.finish() == Hashing.sha256((1...16).map { UInt8($0) }))
    }
}
