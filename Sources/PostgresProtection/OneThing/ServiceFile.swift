internal import Glibc
internal import Model
internal import SystemIO

/// Settings of a connection that must not be on a command line, where everybody on the host can read them, and that no variable of the
/// environment takes: a file in memory that the server's programs read as libpq's service file.
///
/// It has no name but among our open files, which only this account can enter, and is gone with the last who has it open.
struct ServiceFile: ~Copyable {
    /// The name of the service.
    static let service = "lifeboat"
    private let file: Descriptor

    /// Makes it.
    ///
    /// - Throws: `E-VALUE` for a value that the form cannot hold, without naming it; `E-IO-…`.
    init(_ values: [String: String]) throws(Fault) {
        for (key, value) in values {
            guard !value.contains(where: \.isNewline), value.last?.isWhitespace != true,
                value.first?.isWhitespace != true
            else {
                throw Fault(
                    .invalidValue,
                    "unable to hand '\(key)' to the server's programs: it begins or ends with a space, or holds a line break"
                )
            }
        }
        let lines = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        let made = try Descriptor.inMemory()
        try made.write(Array("[\(Self.service)]\n\(lines.joined())".utf8), at: 0)
        file = made
    }

    /// The value of `PGSERVICEFILE`, while this is open.
    var path: String { "/proc/\(getpid())/fd/\(file.rawValue)" }

    /// Closes it, once the programs have ended: they read it anew with each connection.
    ///
    /// - Throws: `E-IO-…`.
    consuming func close() throws(Fault) { try file.close() }
}
