import Glibc
import Model
import SystemPackage

extension Descriptor {
    /// Reads a pipe that was opened without waiting, to its end; blocks the thread, a tenth of a second at a time.
    ///
    /// - Throws: `E-IO-PIPE` when nobody writes within `patience`, `E-IO-TOO-LARGE`, `E-CANCELLED`, `E-IO-…`.
    func readPipe(limit: ByteCount, patience: PipePatience) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        // The system tells a pipe that no writer has opened yet from one that all have left only by this.
        var hasWriter = false
        var last = BootClock.now()
        while true {
            let piece: [UInt8]
            do throws(Fault) {
                piece = try read(upTo: 64 << 10)
                if piece.isEmpty, hasWriter { return bytes }
            } catch  where error.systemError == .wouldBlock {
                piece = []
                hasWriter = true
            }
            if !piece.isEmpty {
                bytes += piece
                guard bytes.count <= limit.bytes else { throw tooLarge(limit) }
                hasWriter = true
                last = BootClock.now()
                continue
            }
            guard BootClock.now() - last < (hasWriter ? patience.forBytes : patience.forWriter)
            else { throw silent() }
            guard !Task.isCancelled else {
                throw Fault(
                    .cancelled,
                    "unable to read pipe '\(path.displayed)': it was cancelled"
                )
            }
            if try isReadable(within: 100) { hasWriter = true }
        }
    }

    private func silent() -> Fault {
        Fault(
            .pipeSilent,
            "unable to read pipe '\(path.displayed)': nobody writes to it",
            hints: ["Start what writes to it first, or name an ordinary file."]
        )
    }
}
