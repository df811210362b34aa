internal import Glibc
public import Model
internal import SystemIO
internal import SystemPackage

/// Line by line, how two versions of a text differ.
public enum TextDifference {
    /// The most bytes that a version may have: 1 MiB.
    public static let limit = ByteCount(1 << 20)

    /// The difference as `diff -u` writes it, which makes it; the versions are on no disk meanwhile.
    ///
    /// - Parameters:
    ///   - before: The earlier version; empty when there was none.
    ///   - after: The later version; empty when there is none.
    ///   - name: The name that both have.
    /// - Returns: Its lines; nil when a version is no text.
    /// - Throws: `E-COMMAND-…` when `diff` is missing or fails, `E-IO-…`.
    public static func lines(
        _ before: [UInt8],
        _ after: [UInt8],
        name: String
    ) async throws(Fault) -> [String]? {
        guard isText(before), isText(after) else { return nil }
        let old = try Descriptor.inMemory()
        let new = try Descriptor.inMemory()
        try old.write(before, at: 0)
        try new.write(after, at: 0)
        // The program gets none of our open files, but may open them by our number: it runs as the same user.
        let place = "/proc/\(getpid())/fd/"
        let result = try await Command(
            "diff",
            arguments: [
                "-u", "--label", "a\(name)", "--label", "b\(name)", "\(place)\(old.rawValue)",
                "\(place)\(new.rawValue)",
            ]
        ).run(outputLimit: 8 << 20)
        try old.close()
        try new.close()
        guard result.status == .exited(0) || result.status == .exited(1) else {
            throw Fault(
                .commandFailed,
                "unable to compare two versions of '\(name)': \(result.status)"
            )
        }
        return String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(
            String.init
        )
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(8000).contains(0) }
}
