public import Model
import SystemPackage

extension Descriptor {
    /// Reads the whole file, from where the descriptor is, which must be its start.
    ///
    /// A file larger than `limit` is refused, even one that grows past it while being read.
    ///
    /// - Throws: `E-IO-TOO-LARGE`, `E-IO-…` with the path.
    public func readAll(limit: ByteCount) throws(Fault) -> [UInt8] {
        let expected = try status().size
        guard expected <= limit.bytes else { throw tooLarge(limit) }
        var bytes = try read(upTo: Int(expected) + 1)
        // Files in /proc and files that grow have more than their size says.
        while !bytes.isEmpty {
            guard bytes.count <= limit.bytes else { throw tooLarge(limit) }
            let more = try read(upTo: 64 << 10)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    func tooLarge(_ limit: ByteCount) -> Fault {
        Fault(
            .fileTooLarge,
            "unable to read file '\(path.displayed)': it is larger than \(limit)"
        )
    }
}
