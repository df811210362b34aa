import Console
import Model
import Recovery
import SystemIO
import SystemPackage

/// The demonstration: a stack is built, protected, lost, brought back and compared.
struct DemoStory: Sendable {
    let place: DemoPlace
    let programs: DemoPrograms
    let screen: Screen

    init(_ place: DemoPlace, _ programs: DemoPrograms, _ screen: Screen) {
        self.place = place
        self.programs = programs
        self.screen = screen
    }

    var narrator: DemoNarrator { DemoNarrator(screen: screen) }
    var postgres: DemoPostgres { DemoPostgres(place: place, programs: programs) }
    var redis: DemoRedis { DemoRedis(place: place, programs: programs) }
    var database: DemoDatabase { DemoDatabase(postgres: postgres) }
    var files: DemoFiles { DemoFiles(place: place) }

    /// Tells the whole story.
    ///
    /// Its servers have ended when this returns, however it does.
    ///
    /// - Throws: `E-DEMO-…`, `E-CANCELLED`, and what Lifeboat itself throws.
    func run() async throws(Fault) -> DemoVerdict {
        let begin = BootClock.now()
        try screen.result(
            "Lifeboat saves a stack, loses it, and brings it back to one second.",
            .bold
        )
        try narrator.show(["Everything happens in \(place.root.displayed), and ends with it."])
        let ledger = try DemoLedger(place.ledger)
        let (memory, loss, lost) = try await live(ledger)
        let verdict = try await comeBack(memory, loss, ledger, lost: lost, begin: begin)
        try screen.result([""] + verdict.lines(color: screen.hasColor))
        try screen.json("summary", verdict.fields)
        if let fault = verdict.fault { throw fault }
        return verdict
    }

    /// Everything up to the loss; gives back when all was gone, by the boot clock.
    private func live(
        _ ledger: DemoLedger
    ) async throws(Fault) -> (DemoMemory, DemoLoss, Duration) {
        let step = try narrator.begin(1, "Build a call center")
        try await postgres.initialise()
        return try await postgres.serve { postgresServer async throws(Fault) in
            try await redis.serve { redisServer async throws(Fault) in
                let memory = try await build(step)
                let stack = try await initialise()
                let writer = DemoWriter(postgres: postgres, ledger: ledger)
                let draft = try await streaming(stack) { () async throws(Fault) in
                    try await backUp(stack, writer, memory)
                    let draft = try await spoil(stack, writer)
                    try postgresServer.crash()
                    try redisServer.crash()
                    return draft
                }
                return (memory, try await lose(stack, draft), BootClock.now())
            }
        }
    }
}
