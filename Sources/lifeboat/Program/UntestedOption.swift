import ArgumentParser

/// Whether servers are protected whose version no release was tested with.
struct UntestedOption: ParsableArguments {
    @Flag(
        name: .long,
        help: "Go on with a PostgreSQL whose major version Lifeboat was not tested with."
    )
    var untestedVersion = false
}
