internal import Model
internal import PostgresWire
internal import SystemIO

/// One SQL connection that reads the ranges it is asked for, two batches at a time, in order.
struct FetchLane: Sendable {
    /// Batches that may be asked for and not be taken yet; so many pieces of memory a lane may hold.
    static let depth = 3

    private let settings: PostgresSettings
    private let requests = BoundedQueue<[FileRange]>(capacity: depth)
    private let results = BoundedQueue<FetchedPieces>(capacity: depth)

    init(settings: PostgresSettings) { self.settings = settings }

    /// Asks for a batch; at most ``depth`` may be asked for and not taken.
    func ask(_ ranges: [FileRange]) async throws(Fault) { try await requests.push(ranges) }

    /// The pieces of the oldest batch that was asked for; nil for a file that is gone.
    ///
    /// - Throws: what connecting and reading throw.
    func take() async throws(Fault) -> FetchedPieces {
        guard let pieces = try await results.next() else {
            throw Fault(.postgresUnreachable, "unable to read files: the lane has ended")
        }
        return pieces
    }

    /// Lets ``run()`` end when everything is read; a fault makes it end at once.
    func close(_ fault: Fault? = nil) {
        guard let fault else { return requests.close() }
        requests.fail(fault)
        results.fail(fault)
    }

    /// Connects and reads until the lane is closed; a fault reaches who takes.
    func run() async {
        do throws(Fault) {
            try await read()
        } catch {
            close(error)
        }
    }

    private func read() async throws(Fault) {
        var waiting = 0
        var files: ServerFiles?
        defer { files?.close() }
        while true {
            let batch: [FileRange]?
            switch waiting {
            case 0: batch = try await requests.next()
            case 1: batch = try requests.nextIfPresent()
            default: batch = nil
            }
            if let batch {
                if files == nil { files = try connect() }
                try files?.send(batch)
                waiting += 1
                continue
            }
            guard waiting > 0, let files else { return }
            let begun = ContinuousClock.now
            let pieces = try files.receive()
            waiting -= 1
            try await results.push(FetchedPieces(pieces: pieces, waited: .now - begun))
        }
    }

    /// A lane connects when it has something to read: a small cluster needs only some.
    private func connect() throws(Fault) -> ServerFiles {
        let files = try ServerFiles(try PostgresLink.sql(settings))
        try files.beginPipeline()
        return files
    }
}
