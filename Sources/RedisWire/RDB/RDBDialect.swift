/// Whose RDB it is, by the word that it begins with.
public enum RDBDialect: Sendable, Hashable, CaseIterable {
    /// `REDIS`: that of Redis, and of Valkey before 9.
    case redis
    /// `VALKEY`: that of Valkey from 9 on.
    case valkey

    /// The versions that are known.
    var versions: ClosedRange<Int> {
        switch self {
        case .redis: 1...12
        case .valkey: 80...80
        }
    }
}
