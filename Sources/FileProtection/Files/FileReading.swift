internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import Vault

/// Reads one file into a session.
struct FileReading {
    /// What became of a file.
    enum Outcome {
        /// It is stored; the change says that it was not still meanwhile.
        case stored(TreeEntry, Content, change: TreeProblem?)
        /// It could not be read.
        case unreadable(Fault)
    }

    /// How often a file that changes is read once more.
    static let repetitions = 3
    private static let pieceBytes: Int64 = 1 << 20
    let session: BackupSession
    let progress: ProgressReporter

    /// Reads a file, again while it changes, at most ``repetitions`` times; what the last reading got is kept.
    ///
    /// - Throws: what the session throws; what is wrong with the file itself is in the outcome.
    func read(_ seen: ScannedEntry) async throws(Fault) -> Outcome {
        var repetition = 0
        while true {
            let file: TreeFile
            do throws(Fault) { file = try seen.open() } catch { return .unreadable(error) }
            let writer = session.chunks(sizeHint: file.entry.size)
            if let fault = try await copy(file, to: writer, isFirst: repetition == 0) {
                return .unreadable(fault)
            }
            let change: TreeProblem?
            do throws(Fault) { change = try file.change() } catch { return .unreadable(error) }
            if change == nil || repetition == Self.repetitions {
                return .stored(file.entry, try await writer.finish(), change: change)
            }
            repetition += 1
        }
    }

    /// Copies a file up to the length that it had when it was opened; what is wrong with it, if anything.
    private func copy(
        _ file: borrowing TreeFile,
        to writer: ChunkWriter,
        isFirst: Bool
    ) async throws(Fault) -> Fault? {
        let size = file.entry.size
        var offset: Int64 = 0
        while offset < size {
            let piece: Piece
            do throws(Fault) {
                piece = try next(file, from: offset)
            } catch { return error }
            switch piece {
            case .end: return nil
            case .hole(let length):
                try await writer.writeHole(length)
                offset += length
                if isFirst { progress(.advanced(length)) }
            case .data(let bytes):
                try await writer.write(bytes[...])
                offset += Int64(bytes.count)
                if isFirst { progress(.advanced(Int64(bytes.count))) }
            }
        }
        return nil
    }

    private enum Piece {
        case data([UInt8])
        case hole(Int64)
        case end
    }

    private func next(
        _ file: borrowing TreeFile,
        from offset: Int64
    ) throws(Fault) -> Piece {
        var end = file.entry.size
        if file.entry.isSparse {
            guard let data = try file.file.nextData(from: offset) else {
                return .hole(end - offset)
            }
            if data.lowerBound > offset { return .hole(min(data.lowerBound, end) - offset) }
            end = min(data.upperBound, end)
        }
        let bytes = try file.file.read(upTo: Int(min(end - offset, Self.pieceBytes)), at: offset)
        return bytes.isEmpty ? .end : .data(bytes)
    }
}
