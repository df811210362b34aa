/// What a restore wants from one pack, front to back.
struct PackWork: Sendable {
    let pack: PackReference
    var runs: [PlacedRun]
}
