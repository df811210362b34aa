import ArgumentParser
import Console
import Model
import SystemIO

/// `lifeboat demo`.
struct DemoVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Saves a whole stack of its own, loses it, and brings it back to one second.",
        discussion: """
            Starts a throw-away PostgreSQL and Redis in a temporary folder, touches nothing else and needs no network.
            Takes a minute or two and 2 GB of disk. Ends with 0 only if all came back exactly as it was.
            """
    )

    @Flag(name: .long, help: "Keep the temporary folder: the vault and the restored stack.")
    var keep = false
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let place = try DemoPlace.make()
        let outcome: Result<DemoVerdict, Fault>
        do throws(Fault) {
            let programs = try await DemoPrograms.find()
            outcome = .success(try await DemoStory(place, programs, screen).run())
        } catch { outcome = .failure(error) }
        do throws(Fault) {
            if keep {
                try screen.result(["Kept: \(place.root.displayed)"])
                try screen.json("kept", [JSONField("folder", .text(place.root.displayed))])
            } else {
                try place.remove()
            }
        } catch {
            // Why the story failed matters more than that its folder stays.
            if case .success = outcome { throw error }
            screen.note(error.message)
        }
        return try outcome.get().exit
    }
}
