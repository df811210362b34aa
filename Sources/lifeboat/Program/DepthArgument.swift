import ArgumentParser
import Vault

/// How closely to check, on the command line.
enum DepthArgument: String, ExpressibleByArgument, CaseIterable {
    case listing, hashes, deep

    var depth: CheckDepth {
        switch self {
        case .listing: .listing
        case .hashes: .hashes
        case .deep: .deep
        }
    }
}
