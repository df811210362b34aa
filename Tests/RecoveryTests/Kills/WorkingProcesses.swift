import Foundation

/// The processes of this machine that work in a folder.
enum WorkingProcesses {
    /// Those whose working directory is a folder or lies below it.
    static func below(_ folder: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { name in
            guard Int(name) != nil,
                let place = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(name)/cwd"
                )
            else { return false }
            return place == folder || place.hasPrefix(folder + "/")
        }
    }

    /// Waits until there are none, five minutes at most, and tells which are left.
    static func awaitEnd(below folder: String) async throws -> [String] {
        let limit = ContinuousClock.now + .seconds(300)
        while !below(folder).isEmpty, ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(10))
        }
        return below(folder)
    }
}
