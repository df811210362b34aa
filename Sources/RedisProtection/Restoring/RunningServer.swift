internal import Model
internal import RedisWire
internal import SystemIO
internal import SystemPackage

/// Whether the component's server runs on a folder.
struct RunningServer {
    /// Short: a server that is stopped refuses at once, and one on another host may be gone.
    ///
    /// One that is there may be busy, and is not taken for another's because of that.
    private static let patience = RedisPatience(
        connecting: .seconds(3),
        silence: .seconds(30),
        loading: .zero,
        retryInterval: .milliseconds(200)
    )

    private let component: RedisComponent
    private let recorded: String?

    init(_ component: RedisComponent, recorded: String?) {
        self.component = component
        self.recorded = recorded
    }

    /// Refuses a folder that a server uses or may use.
    ///
    /// A server that answers is believed to use the folder when it says so; the folder that the configuration names,
    /// whatever it says, since a server in a container knows its folder by another name; and the recorded one
    /// when it says nothing.
    ///
    /// - Throws: `E-REDIS-RUNNING`.
    func check(_ folder: FilePath, _ clock: any Timekeeper) async throws(Fault) {
        let reported: String?
        do throws(Fault) {
            reported = try await ServerReport.ask(
                component.address,
                patience: Self.patience,
                clock: clock
            ).directory
        } catch {
            switch error.code {
            case .redisUnreachable, .redisClosed: return
            case .cancelled: throw error
            // It is there and tells nothing: its login fails, it loads its data, it hangs.
            default: reported = nil
            }
        }
        let named = component.directory?.string
        let used = [reported ?? named ?? recorded, named].compactMap { $0 }
        guard used.contains(where: { Self.isSame(folder, FilePath($0)) }) else { return }
        throw Fault(
            .redisRunning,
            "unable to restore '\(component.name)' to '\(folder.displayed)': "
                + "a Redis server at '\(component.address.endpoint)' runs on this folder",
            hints: ["Stop the server first, or choose another place with `--to`."]
        )
    }

    private static func isSame(_ one: FilePath, _ other: FilePath) -> Bool {
        real(one) == real(other)
    }

    /// The path without symbolic links; of one that does not exist, as far as text can tell.
    private static func real(_ path: FilePath) -> FilePath {
        (try? FileSystem.resolved(path)) ?? path.lexicallyNormalized()
    }
}
