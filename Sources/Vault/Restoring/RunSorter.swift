package import Model
internal import SystemIO
package import SystemPackage

/// Sorts the runs of a restore by pack, in bounded memory: what does not fit is sorted in parts, kept in a nameless
/// temporary file, and merged.
///
/// Memory: `limit` runs of 40 bytes while collecting, 64 KiB for each part while merging.
package final class RunSorter {
    private let directory: FilePath
    private let limit: Int
    private var runs: [PlacedRun] = []
    private var spill: Descriptor?
    private var parts: [Range<Int64>] = []
    private var end: Int64 = 0

    /// `directory`: where the temporary file goes.
    package init(in directory: FilePath, limit: Int = 1 << 20) {
        self.directory = directory
        self.limit = limit
    }

    /// Adds a run.
    package func append(_ run: PlacedRun) throws(Fault) {
        runs.append(run)
        if runs.count >= limit { try spillOut() }
    }

    /// Every run in pack order.
    package func forEach(_ body: (PlacedRun) async throws(Fault) -> Void) async throws(Fault) {
        guard !parts.isEmpty else {
            runs.sort(by: <)
            for run in runs { try await body(run) }
            return
        }
        try spillOut()
        var cursors: [RunCursor] = []
        for part in parts { cursors.append(RunCursor(part)) }
        for index in cursors.indices { try refill(&cursors[index]) }
        while let least = cursors.indices.filter({ cursors[$0].head != nil }).min(by: {
            guard let left = cursors[$0].head, let right = cursors[$1].head else { return false }
            return left < right
        }), let run = cursors[least].head {
            try await body(run)
            cursors[least].advance()
            try refill(&cursors[least])
        }
    }

    private func refill(_ cursor: inout RunCursor) throws(Fault) {
        guard cursor.head == nil, !cursor.rest.isEmpty, spill != nil else { return }
        let count = Int(
            min(
                Int64(1638 * PlacedRun.recordBytes),
                cursor.rest.upperBound - cursor.rest.lowerBound
            )
        )
        guard let bytes = try spill?.readFully(count, at: cursor.rest.lowerBound) else { return }
        cursor.load(bytes)
    }

    private func spillOut() throws(Fault) {
        if spill == nil { spill = try Descriptor.anonymous(in: directory) }
        runs.sort(by: <)
        let start = end
        for slice in stride(from: 0, to: runs.count, by: 16_384) {
            var bytes: [UInt8] = []
            for run in runs[slice..<min(slice + 16_384, runs.count)] {
                RunCursor.encode(run, into: &bytes)
            }
            try spill?.write(bytes, at: end)
            end += Int64(bytes.count)
        }
        parts.append(start..<end)
        runs = []
    }
}
