import Model
import Sealing
import Testing

/// The values of the worked example in the specification of the format.
struct WorkedExampleTests {
    private func hasher(_ purpose: HostSecret.Purpose) throws -> ContentHasher {
        let vault = Hashing.sha256(Array("vault".utf8))
        return try HostSecret(bytes: Array(0..<32)).hasher(for: purpose, vault: vault)
    }

    private func id(_ purpose: HostSecret.Purpose, _ content: [UInt8]) throws -> String {
        Hexadecimal.encode(try hasher(purpose).tag(of: content).prefix(16))
    }

    @Test func `the specification's keys are ours`() throws {
        #expect(
            Hexadecimal.encode(try hasher(.page).keyBytes)
                == "4da3e033207fe89f8ff560c0beafd32b2289316a6f4a2517d5b0132fce3dd264"
        )
        #expect(
            Hexadecimal.encode(try hasher(.chunk).keyBytes)
                == "a919f36ceb772f038cbfc0bf483257616d0c8783424b6ff2ed87db0faddbc9e0"
        )
        #expect(
            Hexadecimal.encode(try hasher(.gear).keyBytes)
                == "17e519269c5dce840dff05bdb8ddc0ae845620aaaa2e131ffae90d933a6f9ef1"
        )
    }

    @Test func `the specification's ids are ours`() throws {
        #expect(
            try id(.chunk, Array("dear reader\n".utf8)) == "0ad3fd8aae331979c9f9d040a45f81db"
        )
        let page = [UInt8](repeating: 1, count: 8192)
        #expect(try id(.page, page) == "52fdb798f3f43b419de827b7dc4c3daf")
        #expect(try id(.gear, [0]).hasPrefix("817eb2bc182bc2de"))
    }
}
