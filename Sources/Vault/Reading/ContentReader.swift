public import Model
public import Sealing

/// Reads the content of single files of a snapshot, front to back.
public final class ContentReader {
    private let frames: FrameReader
    private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

    /// Prepares reading.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when the head's packs cannot be.
    public init(
        _ vault: Vault,
        snapshot: Snapshot,
        identities: [AgeIdentity]
    ) throws(Fault) {
        let name = snapshot.id.description
        frames = try FrameReader(
            vault,
            packs: try PackMap(snapshot.head.packs, snapshot: name),
            identities: identities,
            snapshot: name
        )
    }

    /// Hands a file's content to `body`, in order; zeros come in pieces of at most 1 MiB.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-MISSING`, `E-KEY-WRONG`, what the store and `body` throw.
    public func read(
        _ entry: ManifestEntry,
        _ body: (ArraySlice<UInt8>) async throws(Fault) -> Void
    ) async throws(Fault) {
        for extent in entry.extents {
            guard extent.isHole else {
                try await body(try await frames.bytes(extent))
                continue
            }
            var rest = extent.length
            while rest > 0 {
                let count = Int(min(rest, Int64(Self.zeros.count)))
                try await body(Self.zeros[..<count])
                rest -= Int64(count)
            }
        }
    }

    /// Decodes the first stored frame of a file and no more: proof that the identities open it.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-MISSING`, `E-KEY-WRONG`, what the store throws.
    public func probe(_ entry: ManifestEntry) async throws(Fault) {
        guard let extent = entry.extents.first(where: { !$0.isHole }) else { return }
        _ = try await frames.bytes(extent)
    }
}
