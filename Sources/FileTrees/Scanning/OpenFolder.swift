import SystemIO

/// An open folder that everything seen in it shares.
final class OpenFolder: Sendable {
    let directory: Directory

    init(_ directory: consuming Directory) { self.directory = directory }
}
