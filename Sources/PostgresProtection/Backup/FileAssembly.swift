package import Model
package import PostgresWire

/// Puts the pieces of files together, in order, and hands them to the intake.
package final class FileAssembly {
    private enum State {
        case idle
        case reading(ListedFile)
        /// The file ended before what was listed: it was truncated, and replay truncates it too.
        case cutShort(ListedFile)
        /// The file was dropped, and replay drops it too.
        case gone
    }

    /// Reads a stretch of a file, for looking at suspect pages again; nil when the file is gone.
    package typealias Reading = (FileRange) throws(Fault) -> [UInt8]?

    private let intake: ClusterIntake
    private let reread: Reading
    private let mode: UInt16
    private var state = State.idle

    /// `mode`: the permission bits of files.
    package init(_ intake: ClusterIntake, mode: UInt16, rereading reread: @escaping Reading) {
        self.intake = intake
        self.reread = reread
        self.mode = mode
    }

    /// Takes a batch with its pieces, one for each range.
    package func take(_ batch: FetchBatch, _ fetched: FetchedPieces) async throws(Fault) {
        var rest = fetched.pieces[...]
        intake.waited(fetched.waited)
        for step in batch.steps {
            switch step {
            case .begin(let file): begin(file)
            case .read(let range): try await add(rest.popFirst() ?? nil, of: range)
            case .keep(let range): try keep(range)
            case .end: try await end()
            }
        }
    }

    private func begin(_ file: ListedFile) {
        state = .reading(file)
        intake.begin(
            IncomingFile(
                path: Array(file.path.utf8),
                size: file.size,
                mode: mode,
                modified: file.modified
            )
        )
    }

    private func add(_ piece: [UInt8]?, of range: FileRange) async throws(Fault) {
        guard case .reading(let file) = state else { return }
        guard let piece else {
            state = .gone
            return intake.giveUp()
        }
        try await intake.write(piece[...])
        if piece.count < range.length { state = .cutShort(file) }
    }

    private func keep(_ range: FileRange) throws(Fault) {
        guard case .reading = state else { return }
        try intake.keep(offset: range.offset, length: Int64(range.length))
    }

    private func end() async throws(Fault) {
        switch state {
        case .reading(let file), .cutShort(let file):
            let reread = reread
            try await intake.end { offset, length throws(Fault) in
                try reread(FileRange(path: file.path, offset: offset, length: length))
            }
        case .gone, .idle: break
        }
        state = .idle
    }
}
