import ArgumentParser
import Model

/// A size on the command line: `20GiB`, `500MB`.
struct SizeArgument: ExpressibleByArgument {
    let size: ByteCount

    init?(argument: String) {
        guard let size = ByteCount(argument) else { return nil }
        self.size = size
    }
}
