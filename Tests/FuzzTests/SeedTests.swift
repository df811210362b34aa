import Foundation
import FuzzTargets
import Model
import SystemIO
import SystemPackage
import Testing

/// What is kept for the fuzz targets holds, so that it never rots; `Scripts/fuzz` makes more of it.
@Suite struct SeedTests {
    private static let folder = FilePath(#filePath).removingLastComponent().appending("Seeds")

    private static func names(in folder: FilePath) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()) ?? []
    }

    @Test func `every target has seeds, and all seeds have a target`() {
        #expect(Self.names(in: Self.folder) == FuzzTarget.allCases.map(\.rawValue).sorted())
        for target in FuzzTarget.allCases {
            let count = Self.names(in: Self.folder.appending(target.rawValue)).count
            #expect(count >= 3, "\(target)")
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `everything holds for the seeds, whole, cut and changed`(target: FuzzTarget) throws {
        let folder = Self.folder.appending(target.rawValue)
        for name in Self.names(in: folder) {
            let seed = try DurableFile.read(folder.appending(name), limit: ByteCount(1 << 16))
            #expect(throws: Never.self, "\(target)/\(name)") { try target.check(seed) }
            // A few of the inputs that libFuzzer would begin with.
            for step in 1...8 {
                let place = seed.count * step / 9
                #expect(throws: Never.self, "\(target)/\(name), cut at \(place)") {
                    try target.check(Array(seed[..<place]))
                }
                guard seed.indices.contains(place) else { continue }
                var changed = seed
                changed[place] ^= 1 << UInt8(step - 1)
                #expect(throws: Never.self, "\(target)/\(name), changed at \(place)") {
                    try target.check(changed)
                }
            }
        }
    }
}
